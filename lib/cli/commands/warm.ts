import type { Command } from 'commander';
import { type WarmResult, warm } from '../../fill/index.ts';
import type { WarmSet } from '../../targets/index.ts';
import { warmJson } from '../json-contract.ts';
import { judgeWarm } from '../judge-exit.ts';
import { readTargets } from '../read-targets.ts';
import { renderWarmResult } from '../render/fill-report.ts';
import { stringifyJson } from '../render/json.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import { type FillFlags, fillWithProgress } from './fill-with-progress.ts';
import { type CommonFlags, withBudget, withCommon, withEngine, withTargets, withTensors } from './options.ts';
import { showPlan } from './plan.ts';

interface Flags extends CommonFlags, FillFlags {
  readonly dryRun?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  withEngine(withBudget(withCommon(withTensors(withTargets(command)), 'idle')))
    .option('--dry-run', 'only say what would be done, as plan does')
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  $ warmset warm --max-bytes 40GiB /models/llama')
    .action(async (targets: string[], flags: Flags) => {
      const set = await readTargets(targets, flags, session);
      if (flags.dryRun) return exit(await showPlan(set, flags, session));
      const result = await warmWithProgress(set, flags, session);
      exit(judgeWarm(set, result));
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, warmJson(set, result))}\n`);
      } else {
        await session.out.writeLines(renderWarmResult(session.terminal, result));
      }
    });
};

/** Warms with a progress line on stderr. */
export function warmWithProgress(set: WarmSet, flags: FillFlags, session: Session): Promise<WarmResult> {
  return fillWithProgress('warming', flags, session, (options) => warm(set, options));
}
