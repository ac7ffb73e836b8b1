import { access } from 'node:fs/promises';
import type { Command } from 'commander';

const USUAL_FILE = 'warmset.yaml';

export interface ConfigFlags {
  readonly json?: boolean;
}

/** What the verbs of `config` have in common. */
export function withConfigFile(command: Command): Command {
  return command
    .argument('[file]', `the configuration (default: ${USUAL_FILE} where there is one, and the environment)`)
    .option('--json', 'JSON for programs, with sizes in bytes');
}

/** The file that was named, or the usual one; undefined where there is none: then the environment is all. */
export async function findConfigFile(named: string | undefined): Promise<string | undefined> {
  if (named !== undefined) return named;
  return access(USUAL_FILE).then(
    () => USUAL_FILE,
    () => undefined,
  );
}
