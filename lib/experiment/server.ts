import { setTimeout as delay } from 'node:timers/promises';
import { WarmsetError } from '../errors.ts';
import { readProcessTree } from '../host/index.ts';
import { launch } from '../launch/index.ts';
import { readinessUrls } from '../launch/readiness/readiness.ts';
import { recogniseServer } from '../launch/recognise/index.ts';
import { listModels, probeTtft, type TtftOutcome } from '../probe/ttft/index.ts';
import type { RunningServer, ServerDependencies, ServerToStart, TokenRequest } from './dependencies.ts';
import type { FirstToken } from './types.ts';

// A server that lets its requests finish.
const GRACE_MS = 10_000;
const GLANCE_MS = 50;
const MODELS_TIMEOUT_MS = 10_000;
// A cold server may compile on its first request.
const ANSWER_TIMEOUT_MS = 10 * 60_000;

/** The real ones: servers are started as `warmset run` starts them, and asked as `warmset probe ttft` asks. */
export const HOST_SERVERS: ServerDependencies = { startServer, takeTtft };

async function startServer({ command, url, env, signal }: ServerToStart): Promise<RunningServer> {
  const environment = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const nowhere = { write: async (): Promise<void> => {} };
  const server = launch({
    command: ['sh', '-c', command],
    environment,
    stdout: nowhere,
    stderr: nowhere,
    // What is filled, and when, is the experiment's to decide.
    set: [],
    ...(url === null ? {} : { readiness: { http: new URL('/v1/models', url) } }),
    signal,
  });
  const pid = await server.started;
  if (pid === null)
    throw (await server.exited).exit.state === 'not-started' ? unstarted(command) : ended(command);
  return {
    pid,
    ready: server.ready.then((ready) => {
      if (ready === null) throw ended(command);
    }),
    phases: () => server.report().phases,
    stop: () => stopTree(pid, server.exited),
  };
}

function unstarted(command: string): WarmsetError {
  return new WarmsetError('WARMSET_EXPERIMENT', `The server couldn't be started: ${command}`, {
    remedy: 'Try the command by itself.',
  });
}

function ended(command: string): WarmsetError {
  return new WarmsetError(
    'WARMSET_EXPERIMENT',
    `The server ended before it was ready, or nothing tells when it is: ${command}`,
    { remedy: 'Try the command by itself; give --url where its address is not in its command line.' },
  );
}

/** All that it started goes with it: the next trial must not share its memory or its device. */
async function stopTree(pid: number, exited: Promise<unknown>): Promise<void> {
  const members = [...new Set([pid, ...(await readProcessTree(pid))])];
  signalAll(members, 'SIGTERM');
  const untilMs = performance.now() + GRACE_MS;
  while (members.some(isThere) && performance.now() < untilMs) await delay(GLANCE_MS);
  signalAll(members.filter(isThere), 'SIGKILL');
  await exited;
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function takeTtft(request: TokenRequest): Promise<FirstToken> {
  const { signal } = request;
  const url = request.url ?? addressOf(request.command);
  const model =
    request.model ?? (await listModels(url, { timeoutMs: MODELS_TIMEOUT_MS, signal }))[0] ?? 'default';
  const prompt = request.prompt ?? undefined;
  const { outcomes } = await probeTtft({
    ...{ url, model, prompt, signal },
    requests: 1,
    timeoutMs: ANSWER_TIMEOUT_MS,
    stallMs: ANSWER_TIMEOUT_MS,
  });
  signal.throwIfAborted();
  const [outcome] = outcomes;
  const answered = outcome?.state === 'answered' ? outcome : null;
  if (answered?.firstTokenMs == null) throw unanswered(url, outcome);
  const { firstTokenMs: ttftMs, endToEndMs, tokens } = answered;
  return { ttftMs, endToEndMs, tokens: tokens.tokens };
}

function addressOf(command: string): string {
  const server = recogniseServer(['sh', '-c', command], process.env);
  const [url] = readinessUrls('auto', server);
  if (url !== undefined) return url.origin;
  throw new WarmsetError(
    'WARMSET_EXPERIMENT',
    `No address of the server is in its command line: ${command}`,
    {
      remedy: 'Give it with --url http://127.0.0.1:8000.',
    },
  );
}

function unanswered(url: string, outcome: TtftOutcome | undefined): WarmsetError {
  return new WarmsetError(
    'WARMSET_EXPERIMENT',
    `The server gave no token: ${outcome?.state ?? 'not asked'}`,
    {
      subject: url,
      remedy: 'Ask it with warmset probe ttft, which says more.',
    },
  );
}
