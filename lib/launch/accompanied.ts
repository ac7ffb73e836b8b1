import { setTimeout as delay } from 'node:timers/promises';
import { type Accompanied, awaitReady, fillWhile } from './accompany.ts';
import { exitCodeOf, type ServerExit } from './child/exit.ts';
import type { Child, OutputName } from './child/spawn-child.ts';
import { LaunchRecord } from './launch-record.ts';
import type { LaunchedServer, LaunchOptions, LaunchResult } from './options.ts';
import { type Prepared, prepare } from './prepare.ts';
import { ServerLog } from './server-log.ts';

/** Starts, or finds, a server's first process; at once. */
type Start = (onOutput: (stream: OutputName, chunk: Buffer) => void) => Child;

// A fill that hangs in a dead mount must not hold up the end.
const PATIENCE_MS = 2000;

const CANCELLED: ServerExit = {
  state: 'not-started',
  code: 'ECANCELED',
  message: 'it was stopped before the server was started',
};

/** A server with all that goes on beside it. */
export function accompanied(options: LaunchOptions, start: Start): LaunchedServer {
  const { signal, waitFor } = options;
  const record = new LaunchRecord(options);
  const log = new ServerLog(patternOf(options));
  const gone = new AbortController();
  let child: Child | null = null;
  let startedAt = 0;

  const begin = (): Child => {
    child = start((stream, chunk) => log.write(stream, chunk, Date.now()));
    startedAt = performance.now();
    void child.ended.then(() => gone.abort());
    signal?.addEventListener('abort', () => terminate(child, options, gone.signal), { once: true });
    if (signal?.aborted) terminate(child, options, gone.signal);
    if (child.pid !== null) {
      record.facts.pid = child.pid;
      record.facts.spawnMs = startedAt - record.beganAt;
      record.tell({ type: 'spawned', pid: child.pid });
    }
    return child;
  };

  // At once, before anything else is so much as loaded.
  const begun = waitFor === undefined ? begin() : null;
  const preparing = prepare(options, record, log, begun ? gone.signal : (signal ?? gone.signal));
  const starting = begun
    ? Promise.resolve(begun)
    : heldBack(options, record, preparing).then(() => (signal?.aborted ? null : begin()));

  const beside = starting.then(async (started) => {
    const prepared = await preparing;
    if (started?.pid == null) return NOTHING;
    const { pid } = started;
    const readable = typeof options.stdout === 'object' || typeof options.stderr === 'object';
    const server: Accompanied = { pid, startedAt, options, record, log, readable, gone: gone.signal };
    const isReady = new AbortController();
    const ready = awaitReady(server, prepared).then((answer) => {
      if (answer) isReady.abort();
      return answer;
    });
    const filled = fillWhile(server, prepared, AbortSignal.any([gone.signal, isReady.signal]));
    return { ready, filled };
  });

  const exited = starting.then(async (started): Promise<LaunchResult> => {
    const exit = started ? await started.exited : CANCELLED;
    const over = beside.then(({ ready, filled }) => Promise.all([ready, filled]));
    await Promise.race([over, delay(PATIENCE_MS, undefined, { ref: false })]);
    record.facts.exit = exit;
    record.tell({ type: 'exited', exit });
    return { exit, exitCode: exitCodeOf(exit), report: record.report(log.report()) };
  });

  return {
    get pid() {
      return record.facts.pid;
    },
    started: starting.then((started) => started?.pid ?? null),
    ready: beside.then(({ ready }) => ready),
    filled: beside.then(({ filled }) => filled),
    exited,
    report: () => record.report(log.report()),
    kill: (name = 'SIGTERM') => child?.kill(name) ?? false,
  };
}

const NOTHING = { ready: Promise.resolve(null), filled: Promise.resolve(null) };

async function heldBack(
  options: LaunchOptions,
  record: LaunchRecord,
  preparing: Promise<Prepared | null>,
): Promise<void> {
  const { waitFor, signal = new AbortController().signal } = options;
  const prepared = await preparing;
  if (!prepared?.set || waitFor === undefined || signal.aborted) return;
  record.tell({ type: 'waiting', waitFor });
  const from = performance.now();
  try {
    const { holdBack } = await import('./hold-back.ts');
    const { set, dependencies } = prepared;
    record.heldBack = await holdBack(
      set,
      waitFor,
      options,
      dependencies,
      (progress) => record.tell({ type: 'progress', progress }),
      signal,
    );
  } catch (error) {
    record.trouble('filling before the start', error);
  }
  record.facts.heldBackMs = performance.now() - from;
}

function terminate(child: Child | null, { killAfterMs }: LaunchOptions, gone: AbortSignal): void {
  if (!child || gone.aborted) return;
  child.kill('SIGTERM');
  if (killAfterMs === undefined) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  gone.addEventListener('abort', () => clearTimeout(timer), { once: true });
}

function patternOf({ readiness }: LaunchOptions): RegExp | null {
  return typeof readiness === 'object' && 'log' in readiness ? readiness.log : null;
}
