import type { Command } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { configShowJson } from '../json-contract.ts';
import { renderConfig } from '../render/config-show.ts';
import { stringifyJson } from '../render/json.ts';
import { renderProblems } from '../render/problems.ts';
import type { Define } from '../verbs.ts';
import { type ConfigFlags, findConfigFile, withConfigFile } from './config-file.ts';

export const define: Define = (command: Command, session) => {
  withConfigFile(command)
    .addHelpText('after', '\nExample:\n  $ warmset config show /etc/warmset/warmset.yaml')
    .action(async (named: string | undefined, { json }: ConfigFlags) => {
      const file = await findConfigFile(named);
      const { out, err, terminal, errTerminal, signal } = session;
      const { values, warnings } = await loadConfig(file, { env: process.env, signal });
      if (json) {
        await out.write(`${stringifyJson(terminal, configShowJson(file, values, warnings))}\n`);
        return;
      }
      await err.writeLines(renderProblems(errTerminal, null, 'warning', warnings));
      await out.writeLines(renderConfig(terminal, values));
    });
};
