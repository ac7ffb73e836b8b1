import type { Command } from 'commander';
import { inspectStorage } from '../../storage/inspect/index.ts';
import { EXIT } from '../exit-codes.ts';
import { storageInspectJson } from '../json-contract-storage.ts';
import { stringifyJson } from '../render/json.ts';
import { renderInspection } from '../render/storage-tree.ts';
import type { Define } from '../verbs.ts';

interface Flags {
  readonly json?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  command
    .argument('[path...]', 'files or directories (default: the current directory)')
    .option('--json', 'JSON for programs, with sizes in bytes')
    .addHelpText('after', '\nExample:\n  $ warmset storage inspect /models/llama')
    .action(async (paths: string[], flags: Flags) => {
      const inspections = await inspectStorage(paths.length > 0 ? paths : ['.'], { signal: session.signal });
      exit(inspections.some(({ place }) => place.state === 'hidden') ? EXIT.notAllDone : EXIT.done);
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, storageInspectJson(inspections))}\n`);
        return;
      }
      const lines = inspections.flatMap((inspection, at) => [
        ...(at > 0 ? [''] : []),
        ...renderInspection(session.terminal, inspection),
      ]);
      await session.out.writeLines(lines);
    });
};
