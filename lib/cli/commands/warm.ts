import type { Command } from 'commander';
import { type WarmResult, warm } from '../../fill/index.ts';
import type { WarmSet } from '../../targets/index.ts';
import { warmJson } from '../json-contract.ts';
import { judgeWarm } from '../judge-exit.ts';
import { readTargets } from '../read-targets.ts';
import { renderWarmResult } from '../render/fill-report.ts';
import { stringifyJson } from '../render/json.ts';
import { createProgress } from '../render/progress.ts';
import { describeShortage } from '../render/shortage.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import {
  type BudgetFlags,
  type CommonFlags,
  type EngineFlags,
  toBudget,
  withBudget,
  withCommon,
  withEngine,
  withTargets,
} from './options.ts';
import { showPlan } from './plan.ts';

interface Flags extends CommonFlags, BudgetFlags, EngineFlags {
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  withEngine(withBudget(withCommon(withTargets(command), 'idle')))
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

/** Runs a fill with a progress line on stderr, and a warning there before it starts when the budget cuts the set. */
export async function warmWithProgress(
  set: WarmSet,
  flags: BudgetFlags & EngineFlags & Pick<Flags, 'priority' | 'quiet'>,
  session: Session,
): Promise<WarmResult> {
  using progress = createProgress(process.stderr, session.errTerminal, { label: 'warming' });
  // Awaited here: `using` takes the line away when this function returns.
  return await warm(set, {
    budget: toBudget(flags),
    engine: flags.engine,
    streams: flags.streams,
    windowBytes: flags.window,
    rate: flags.rate,
    priority: flags.priority,
    signal: session.signal,
    onPlan: (plan) => void session.err.writeLines(describeShortage(session.errTerminal, plan)),
    onProgress: ({ phase, read, toRead }) => {
      if (phase !== 'filling' || flags.quiet) return;
      const stopping = session.signal.aborted ? { note: 'stopping; once more ends at once' } : {};
      progress.update({ doneBytes: read, totalBytes: toRead, ...stopping });
    },
  });
}
