import type { Command } from 'commander';
import { planRestore, restoreSnapshot } from '../../snapshot/index.ts';
import { snapshotPlanJson, snapshotRestoreJson } from '../json-contract-snapshot.ts';
import { judgeRestore } from '../judge-snapshot.ts';
import { stringifyJson } from '../render/json.ts';
import { renderRestored, renderRestorePlan } from '../render/restore-report.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import { type FillFlags, fillWithProgress } from './fill-with-progress.ts';
import { toBudget, withBudget, withCommon, withEngine } from './options.ts';
import { snapshotFile } from './snapshot-file.ts';

interface Flags extends FillFlags {
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly all?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  const withFile = command.argument('<file>', 'a snapshot that was saved');
  withEngine(withBudget(withCommon(withFile, 'idle')))
    .option('--dry-run', 'only say what would be done')
    .option('--all', 'a line for every file, on a terminal too')
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  $ warmset snapshot restore /var/lib/warmset/llama.snap')
    .action(async (file: string, flags: Flags) => {
      const place = snapshotFile(file);
      if (flags.dryRun) return exit(await showRestorePlan(place, flags, session));
      const result = await fillWithProgress('restoring', flags, session, (options) =>
        restoreSnapshot(place, options),
      );
      exit(judgeRestore(result));
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, snapshotRestoreJson(result))}\n`);
      } else {
        await session.out.writeLines(renderRestored(session.terminal, result, flags.all ?? false));
      }
    });
};

async function showRestorePlan(place: string, flags: Flags, session: Session): Promise<number> {
  const plan = await planRestore(place, {
    budget: toBudget(flags),
    priority: flags.priority,
    signal: session.signal,
  });
  if (flags.json) {
    await session.out.write(`${stringifyJson(session.terminal, snapshotPlanJson(plan))}\n`);
  } else {
    await session.out.writeLines(renderRestorePlan(session.terminal, plan, flags.all ?? false));
  }
  return judgeRestore(plan);
}
