import type { Command } from 'commander';
import { readNvmeofStatus } from '../../storage/nvmeof/index.ts';
import { nvmeofStatusJson } from '../json-contract-nvmeof.ts';
import { stringifyJson } from '../render/json.ts';
import { renderNvmeofStatus } from '../render/nvmeof-status.ts';
import type { Define } from '../verbs.ts';

interface Flags {
  readonly json?: boolean;
}

export const define: Define = (command: Command, session) => {
  command
    .option('--json', 'JSON for programs')
    .addHelpText('after', '\nExample:\n  $ warmset nvmeof status')
    .action(async (flags: Flags) => {
      const { signal } = session;
      const status = await readNvmeofStatus({ log: process.geteuid?.() === 0, signal });
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, nvmeofStatusJson(status))}\n`);
        return;
      }
      await session.out.writeLines(renderNvmeofStatus(session.terminal, status));
    });
};
