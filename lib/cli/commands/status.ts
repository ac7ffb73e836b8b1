import { type Command, Option } from 'commander';
import { folioLayout, residency } from '../../residency/index.ts';
import { statusJson } from '../json-contract.ts';
import { judgeStatus } from '../judge-exit.ts';
import { describeSkipped, readTargets } from '../read-targets.ts';
import { stringifyJson } from '../render/json.ts';
import { renderResidency, renderTotal, STRIP_CELLS } from '../render/residency-table.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, withCommon, withTargets, withTensors } from './options.ts';

interface Flags extends CommonFlags {
  readonly total?: boolean;
  readonly all?: boolean;
  readonly exact?: boolean;
  readonly detail?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  // Nothing is read, and somebody waits for the answer.
  withCommon(withTensors(withTargets(command)), 'normal')
    .option('--total', 'one line for all files together')
    .option('--all', 'a line for every file, on a terminal too, where many are cut to the most telling')
    .option('--exact', 'count every page by mincore: slower, and sees pages whose read failed')
    .addOption(
      new Option(
        '--detail',
        'also in which folios the pages lie, and how many are dirty or were evicted lately',
      ).conflicts('total'),
    )
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
      const folios = flags.detail
        ? await folioLayout(set.files, { priority: flags.priority, signal: session.signal })
        : undefined;
      exit(judgeStatus(set, report));
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, statusJson(set, report, folios))}\n`);
        return;
      }
      const skipped = describeSkipped(set);
      const lines = flags.total
        ? [renderTotal(report)]
        : renderResidency(session.terminal, report, { all: flags.all, folios });
      await session.out.writeLines(skipped ? [...lines, skipped] : lines);
    });
};
