import type { Command } from 'commander';
import {
  ConfigError,
  type ParsedConfig,
  type Problem,
  parseConfig,
  readConfigFile,
} from '../../config/index.ts';
import { EXIT } from '../exit-codes.ts';
import { configCheckJson } from '../json-contract.ts';
import { renderBad, renderGood } from '../render/config-check.ts';
import { stringifyJson } from '../render/json.ts';
import { renderProblems } from '../render/problems.ts';
import type { Define } from '../verbs.ts';
import { type ConfigFlags, findConfigFile, withConfigFile } from './config-file.ts';

export const define: Define = (command: Command, session, exit) => {
  withConfigFile(command)
    .addHelpText('after', '\nExample:\n  $ warmset config check /etc/warmset/warmset.yaml')
    .action(async (named: string | undefined, { json }: ConfigFlags) => {
      const file = await findConfigFile(named);
      const { text, parsed, problems } = await examine(file, session.signal);
      const warnings = parsed?.warnings ?? [];
      const { out, err, terminal, errTerminal } = session;
      exit(problems ? EXIT.usage : EXIT.done);
      if (json) {
        await out.write(`${stringifyJson(terminal, configCheckJson(file, problems, warnings))}\n`);
        return;
      }
      await err.writeLines(renderProblems(errTerminal, text, 'warning', warnings));
      if (problems) await err.writeLines(renderBad(errTerminal, file, text, problems));
      if (parsed) await out.writeLines(renderGood(terminal, file, parsed.config));
    });
};

type Examined = { readonly text: string | null } & (
  | { readonly parsed: ParsedConfig; readonly problems: null }
  | { readonly parsed: null; readonly problems: readonly Problem[] }
);

/** Not loadConfig: the rollback flag would turn what is wrong into warnings, and what is wrong is asked for here. */
async function examine(file: string | undefined, signal: AbortSignal): Promise<Examined> {
  let text: string | null = null;
  try {
    text = file === undefined ? null : await readConfigFile(file, signal);
    return { text, parsed: parseConfig(text, { file: file ?? null, env: process.env }), problems: null };
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return { text, parsed: null, problems: error.problems };
  }
}
