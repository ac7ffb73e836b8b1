import type { Command } from 'commander';
import { residency } from '../../residency/index.ts';
import { statusJson } from '../json-contract.ts';
import { judgeStatus } from '../judge-exit.ts';
import { describeSkipped, readTargets } from '../read-targets.ts';
import { stringifyJson } from '../render/json.ts';
import { renderResidency, renderTotal, STRIP_CELLS } from '../render/residency-table.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, withCommon, withTargets } from './options.ts';

interface Flags extends CommonFlags {
  readonly total?: boolean;
  readonly all?: boolean;
  readonly exact?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  // Nothing is read, and somebody waits for the answer.
  withCommon(withTargets(command), 'normal')
    .option('--total', 'one line for all files together')
    .option('--all', 'a line for every file, on a terminal too, where many are cut to the most telling')
    .option('--exact', 'count every page by mincore: slower, and sees pages whose read failed')
    .addHelpText('after', '\nExample:\n  $ warmset status /models/llama')
    .action(async (targets: string[], flags: Flags) => {
      const set = await readTargets(targets, flags, session);
      const map = flags.json || flags.total ? 0 : STRIP_CELLS;
      const report = await residency(set, {
        map,
        exact: flags.exact,
        priority: flags.priority,
        signal: session.signal,
      });
      exit(judgeStatus(set, report));
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, statusJson(set, report))}\n`);
        return;
      }
      const skipped = describeSkipped(set);
      const lines = flags.total
        ? [renderTotal(report)]
        : renderResidency(session.terminal, report, { all: flags.all });
      await session.out.writeLines(skipped ? [...lines, skipped] : lines);
    });
};
