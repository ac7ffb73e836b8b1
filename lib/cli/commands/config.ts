import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import { closest } from '../../closest.ts';
import {
  ConfigError,
  loadConfig,
  type ParsedConfig,
  type Problem,
  parseConfig,
  readConfigFile,
} from '../../config/index.ts';
import { WarmsetError } from '../../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { configCheckJson, configShowJson } from '../json-contract.ts';
import { renderBad, renderGood } from '../render/config-check.ts';
import { renderConfig } from '../render/config-show.ts';
import { stringifyJson } from '../render/json.ts';
import { renderProblems } from '../render/problems.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';

const USUAL_FILE = 'warmset.yaml';
const ACTIONS = ['check', 'show'];

interface Flags {
  readonly json?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  command
    .argument('<action>', 'check: everything that is wrong; show: every value and where it comes from')
    .argument('[file]', `the configuration (default: ${USUAL_FILE} where there is one, and the environment)`)
    .option('--json', 'JSON for programs, with sizes in bytes')
    .addHelpText('after', '\nExample:\n  $ warmset config check /etc/warmset/warmset.yaml')
    .action(async (action: string, named: string | undefined, flags: Flags) => {
      if (!ACTIONS.includes(action)) throw unknownAction(action);
      const file = named ?? ((await exists(USUAL_FILE)) ? USUAL_FILE : undefined);
      if (action === 'check') exit(await check(file, flags, session));
      else await show(file, flags, session);
    });
};

async function check(file: string | undefined, { json }: Flags, session: Session): Promise<number> {
  const { text, parsed, problems } = await examine(file, session.signal);
  const warnings = parsed?.warnings ?? [];
  const { out, err, terminal, errTerminal } = session;
  if (json) {
    await out.write(`${stringifyJson(terminal, configCheckJson(file, problems, warnings))}\n`);
  } else {
    await err.writeLines(renderProblems(errTerminal, text, 'warning', warnings));
    if (problems) await err.writeLines(renderBad(errTerminal, file, text, problems));
    if (parsed) await out.writeLines(renderGood(terminal, file, parsed.config));
  }
  return problems ? EXIT.usage : EXIT.done;
}

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

async function show(file: string | undefined, flags: Flags, session: Session): Promise<void> {
  const parsed = await loadConfig(file, { env: process.env, signal: session.signal });
  if (flags.json) {
    await session.out.write(
      `${stringifyJson(session.terminal, configShowJson(file, parsed.values, parsed.warnings))}\n`,
    );
    return;
  }
  await session.err.writeLines(renderProblems(session.errTerminal, null, 'warning', parsed.warnings));
  await session.out.writeLines(renderConfig(session.terminal, parsed.values));
}

function unknownAction(action: string): WarmsetError {
  const meant = closest(action, ACTIONS);
  const message = `${JSON.stringify(action)} is not one of ${ACTIONS.join(', ')}`;
  return new WarmsetError('WARMSET_BAD_ARGUMENT', message, {
    remedy: meant === undefined ? 'see warmset config --help' : `did you mean ${meant}?`,
  });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
