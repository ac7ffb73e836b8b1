import type { Command } from 'commander';
import { saveSnapshot } from '../../snapshot/index.ts';
import { snapshotSaveJson } from '../json-contract-snapshot.ts';
import { judgeSave } from '../judge-snapshot.ts';
import { describeSkipped, readTargets } from '../read-targets.ts';
import { stringifyJson } from '../render/json.ts';
import { renderSaved } from '../render/snapshot-report.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, withCommon, withTargets } from './options.ts';
import { snapshotFile } from './snapshot-file.ts';

export const define: Define = (command: Command, session, exit) => {
  // Nothing is read, and somebody waits for the answer.
  withCommon(withTargets(command.argument('<file>', 'where to write it; replaced if it is there')), 'normal')
    .addHelpText('after', '\nExample:\n  $ warmset snapshot save /var/lib/warmset/llama.snap /models/llama')
    .action(async (file: string, targets: string[], flags: CommonFlags) => {
      const place = snapshotFile(file);
      const set = await readTargets(targets, flags, session);
      const saved = await saveSnapshot(set, place, { priority: flags.priority, signal: session.signal });
      exit(judgeSave(set, saved));
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, snapshotSaveJson(set, saved))}\n`);
        return;
      }
      const skipped = describeSkipped(set);
      const lines = renderSaved(session.terminal, saved);
      await session.out.writeLines(skipped ? [...lines, skipped] : lines);
    });
};
