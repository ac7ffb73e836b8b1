import { WarmsetError } from '../../errors.ts';
import { exitCodeOf, type ServerExit } from '../../launch/child/exit.ts';
import { become, fillElsewhere } from './become.ts';
import { exactWords } from './exact-words.ts';
import { BARE_REQUEST, readRunRequest } from './run-request.ts';
import { runServer } from './run-server.ts';
import { type GivenOption, scanRunWords } from './scan-words.ts';
import { Voice } from './voice.ts';

// The words that lib/config takes for no.
const OFF = /^\s*(0|false|no|off)\s*$/i;

type Words = readonly (string | Buffer)[];

/** What became of `warmset run` before anything of the other verbs is loaded. */
export type EarlyEnd =
  | { readonly state: 'ended'; readonly code: number }
  /** The help is wanted, which the usual way gives. */
  | { readonly state: 'help' };

/**
 * `warmset run`, from the words behind it to the exit code.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` before anything was started
 */
export async function startEarly(words: readonly string[]): Promise<EarlyEnd> {
  const exact = exactWords(words);
  if (OFF.test(process.env.WARMSET_ENABLED ?? '')) return ended(await runBare(exact, words));
  const { help, options, commandAt } = scanRunWords(words);
  if (help) return { state: 'help' };
  const command = exact.slice(commandAt);
  refuseNone(command);
  const request = readRunRequest(options);
  if (request.detachFill && request.beside === undefined) {
    const exit = await detach(exact, command, request.quiet);
    if (exit) return ended(await say(exit));
  }
  return ended(await runServer(request, command, exactSets(options, exact)));
}

function ended(code: number): EarlyEnd {
  return { state: 'ended', code };
}

function refuseNone(command: Words): void {
  if (command.length > 0) return;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', 'no command was given', {
    remedy: 'put the server behind --: warmset run -- vllm serve /models/llama',
  });
}

/** Switched off: the command and nothing of ours, whatever the options say. */
async function runBare(exact: Words, words: readonly string[]): Promise<number> {
  const command = exact.slice(commandAtAnyRate(words));
  refuseNone(command);
  const exit = become(command);
  return exit ? say(exit) : runServer(BARE_REQUEST, command, []);
}

function commandAtAnyRate(words: readonly string[]): number {
  try {
    return scanRunWords(words).commandAt;
  } catch (error) {
    const at = words.indexOf('--');
    if (at < 0) throw error;
    return at + 1;
  }
}

/** Comes back only when this process could not become the command; null when it is for it to be started. */
async function detach(exact: Words, command: Words, quiet: boolean): Promise<ServerExit | null> {
  try {
    fillElsewhere(exact, quiet);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const voice = new Voice();
    voice.say([`warmset: nothing is filled, because no process could be started for it: ${why}`]);
    await voice.end();
  }
  return become(command);
}

async function say(exit: ServerExit): Promise<number> {
  const voice = new Voice();
  if (exit.state === 'not-started') voice.say([`warmset: ${exit.message}`]);
  await voice.end();
  return exitCodeOf(exit);
}

function exactSets(options: readonly GivenOption[], exact: Words): Words {
  return options.flatMap(({ name, value, valueAt }) =>
    name === '--set' && value !== null ? [valueAt === null ? value : (exact[valueAt] ?? value)] : [],
  );
}
