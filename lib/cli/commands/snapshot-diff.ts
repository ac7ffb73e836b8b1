import type { Command } from 'commander';
import { diffSnapshots, diffWithNow, readSnapshot } from '../../snapshot/index.ts';
import { snapshotDiffJson } from '../json-contract-snapshot.ts';
import { judgeDiff } from '../judge-snapshot.ts';
import { stringifyJson } from '../render/json.ts';
import { renderDiff } from '../render/snapshot-report.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, withCommon } from './options.ts';
import { snapshotFile } from './snapshot-file.ts';

interface Flags extends CommonFlags {
  readonly all?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  const withFiles = command
    .argument('<file>', 'a snapshot that was saved')
    .argument('[file2]', 'a later one (default: what is in memory now)');
  withCommon(withFiles, 'normal')
    .option('--all', 'a line for every file, on a terminal too')
    .addHelpText('after', '\nExample:\n  $ warmset snapshot diff /var/lib/warmset/llama.snap')
    .action(async (file: string, file2: string | undefined, flags: Flags) => {
      const from = await readSnapshot(snapshotFile(file));
      const diff =
        file2 === undefined
          ? await diffWithNow(from, { priority: flags.priority, signal: session.signal })
          : diffSnapshots(from, await readSnapshot(snapshotFile(file2)));
      exit(judgeDiff(diff));
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, snapshotDiffJson(diff))}\n`);
      } else {
        await session.out.writeLines(renderDiff(session.terminal, diff, flags.all ?? false));
      }
    });
};
