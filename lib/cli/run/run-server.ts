import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { SignalForwarder } from '../../launch/child/forward-signals.ts';
import { startReaper } from '../../launch/child/reaper.ts';
import type { SpawnedChild } from '../../launch/child/spawn-child.ts';
import { accompany, launchKnown } from '../../launch/launch.ts';
import type { LaunchEvent, LaunchOptions } from '../../launch/options.ts';
import { becomeSmall } from './become-small.ts';
import { exactEnvironment } from './exact-words.ts';
import type { RunRequest } from './run-request.ts';
import { slim } from './slim.ts';
import { chooseStreams } from './streams.ts';
import { Voice } from './voice.ts';

const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/**
 * Starts the server and stays beside it to its end. What isn't needed for starting it is loaded behind that.
 *
 * @returns the exit code
 */
export async function runServer(
  request: RunRequest,
  command: readonly (string | Buffer)[],
  sets: readonly (string | Buffer)[],
): Promise<number> {
  const voice = new Voice();
  const signals = request.beside === undefined ? new SignalForwarder() : null;
  const events: LaunchEvent[] = [];
  let onEvent = (event: LaunchEvent): void => void events.push(event);
  const stop = new AbortController();
  const options: LaunchOptions = {
    ...toLaunch(request),
    command,
    ...(sets.length > 0 || !request.fill ? { set: sets } : {}),
    ...chooseStreams(request.log, voice),
    signal: stop.signal,
    onEvent: (event) => onEvent(event),
  };
  let child: SpawnedChild | null = null;
  const server =
    request.beside === undefined
      ? launchKnown(options, (started) => {
          child = started;
        })
      : accompany(request.beside, options);
  let stoppedBy: NodeJS.Signals | null = null;
  if (server.pid !== null) signals?.to(server);
  else {
    // It is held back, and there is nobody yet who could decide what a signal means.
    signals?.whileWaiting((name) => {
      if (!ENDING.includes(name)) return;
      stoppedBy ??= name;
      stop.abort();
    });
    void server.started.then(() => signals?.to(server));
  }
  if (process.pid === 1) startReaper((pid) => pid === server.pid);

  // Whatever goes wrong here, the server runs on and somebody waits for it.
  process.on('uncaughtException', (error) => voice.say([`warmset: a mistake of ours: ${error.stack}`]));
  const settle = async (): Promise<void> => {
    // A report is written once more at the end, with what only this program knows.
    if (!child || !signals || request.report !== undefined) return slim();
    await becomeSmall({ child, signals, command, voice });
  };
  const listen = (listener: (event: LaunchEvent) => void): void => {
    onEvent = listener;
    for (const event of events.splice(0)) listener(event);
  };
  const followed = import('./follow.ts').then(({ follow }) => follow(server, request, voice, listen, settle));
  const { exit, exitCode } = await followed.catch(() => server.exited);
  signals?.close();
  if (stoppedBy !== null && exit.state === 'not-started') return 128 + constants.signals[stoppedBy];
  // A shell goes on with its script when whoever got the Ctrl-C, too, ended in an orderly way.
  if (signals?.interrupted && exit.state === 'signalled' && exit.signal === 'SIGINT') await dieBySigint();
  return exitCode;
}

function toLaunch(request: RunRequest): Omit<LaunchOptions, 'command'> {
  const { waitFor, guard, budget, rate, dropBehind, readiness } = request;
  return {
    environment: exactEnvironment(),
    stdin: 'inherit',
    ...(waitFor === undefined ? {} : { waitFor }),
    ...(guard ? {} : { guard: false }),
    budget,
    rate,
    dropBehind,
    readiness,
  };
}

async function dieBySigint(): Promise<void> {
  process.kill(process.pid, 'SIGINT');
  await delay(1000);
}
