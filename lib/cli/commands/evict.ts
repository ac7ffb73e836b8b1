import type { Command } from 'commander';
import { evict } from '../../fill/index.ts';
import { residency } from '../../residency/index.ts';
import { evictJson, statusJson } from '../json-contract.ts';
import { judgeEvict, judgeStatus } from '../judge-exit.ts';
import { readTargets } from '../read-targets.ts';
import { renderEvictPlan, renderEvictResult } from '../render/evict-report.ts';
import { stringifyJson } from '../render/json.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, withCommon, withTargets, withTensors } from './options.ts';

interface Flags extends CommonFlags {
  readonly sync?: boolean;
  readonly dryRun?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  withCommon(withTensors(withTargets(command)), 'idle')
    .option('--sync', "write changed pages first: a dirty page can't be dropped")
    .option('--dry-run', 'only say how much is resident and would be asked for')
    .addHelpText('after', '\nExample:\n  $ warmset evict --sync /models/old')
    .action(async (targets: string[], flags: Flags) => {
      const set = await readTargets(targets, flags, session);
      const options = { priority: flags.priority, signal: session.signal };
      if (flags.dryRun) {
        const report = await residency(set, options);
        const text = flags.json
          ? stringifyJson(session.terminal, statusJson(set, report))
          : renderEvictPlan(report);
        exit(judgeStatus(set, report));
        await session.out.write(`${text}\n`);
        return;
      }
      const result = await evict(set, { ...options, sync: flags.sync });
      exit(judgeEvict(set, result));
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, evictJson(set, result))}\n`);
      } else {
        await session.out.writeLines(renderEvictResult(session.terminal, result));
      }
    });
};
