import type { ChosenSet } from './choose-set.ts';
import type { LaunchDependencies } from './dependencies.ts';
import type { LaunchRecord } from './launch-record.ts';
import type { LaunchOptions } from './options.ts';
import type { ServerLog } from './server-log.ts';

export interface Prepared extends ChosenSet {
  readonly dependencies: LaunchDependencies;
}

/** Loads what a fill needs, and finds out what to fill; null, and told, where that fails. */
export async function prepare(
  options: LaunchOptions,
  record: LaunchRecord,
  log: ServerLog,
  signal: AbortSignal,
): Promise<Prepared | null> {
  try {
    const [{ chooseSet }, dependencies] = await Promise.all([
      import('./choose-set.ts'),
      // Here and no earlier: whoever only starts a process doesn't wait for the library.
      options.dependencies ?? import('./dependencies.ts').then(({ HOST }) => HOST),
    ]);
    log.readBy(dependencies.createLog());
    const environment = environmentOf(options);
    const argv = options.command.map(String);
    const cwd = options.cwd ?? process.cwd();
    const server = await dependencies.recognise(argv, environment, { cwd, signal });
    const { set, budget } = options;
    const lossy = options.command.some((word) => typeof word !== 'string');
    const question = { set, environment, cwd, budget, lossy, signal };
    const chosen = await chooseSet(question, server, dependencies);
    record.facts.found = chosen.found;
    record.tell({ type: 'found', ...chosen.found });
    return { ...chosen, dependencies };
  } catch (error) {
    if (!signal.aborted) record.trouble('finding out what to warm', error);
    return null;
  }
}

function environmentOf({ environment }: LaunchOptions): Readonly<Record<string, string | undefined>> {
  if (environment === undefined) return process.env;
  return Object.fromEntries(
    environment.map((entry) => {
      const text = String(entry);
      const at = text.indexOf('=', 1);
      return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
