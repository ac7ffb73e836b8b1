import type { Command } from 'commander';
import { listChanges, recoverChanges } from '../../change/index.ts';
import { requireMountRights } from '../../storage/mount-rights.ts';
import { STORAGE_STEPS } from '../../storage/step-kinds.ts';
import { EXIT } from '../exit-codes.ts';
import { recoverJson } from '../json-contract-layers.ts';
import { renderChangeRecord } from '../render/change-plan.ts';
import { stringifyJson } from '../render/json.ts';
import type { Define } from '../verbs.ts';
import { changeOptions, stateOption } from './layer-options.ts';

interface Flags {
  readonly list?: boolean;
  readonly state: string;
  readonly json?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  command
    .option('--list', 'only show which changes there are, and how far each has come')
    .addOption(stateOption())
    .option('--json', 'JSON for programs')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => {
      const options = changeOptions(flags.state, session);
      const list = flags.list === true;
      if (!list) await requireMountRights();
      const records = list ? await listChanges(options) : await recoverChanges(options);
      if (list && records.some(({ state }) => state !== 'applied')) exit(EXIT.notAllDone);
      if (flags.json) {
        await session.out.write(
          `${stringifyJson(session.terminal, recoverJson(list, records, STORAGE_STEPS))}\n`,
        );
        return;
      }
      const none = list ? 'nothing of the system is changed' : 'nothing was left half done';
      await session.out.writeLines(
        records.length === 0
          ? [none]
          : records.flatMap((record) => renderChangeRecord(session.terminal, record, STORAGE_STEPS)),
      );
    });
};

const EXAMPLES = `
Example:
  $ warmset storage recover --list`;
