import { WarmsetError } from '../errors.ts';
import { addon } from './addon.ts';
import type { RawCancelToken, RawFile, RawPath, RawPriority } from './addon-types.ts';
import { isRawFailure, toSystemError } from './system-error.ts';

/**
 * What warmset's threads run at. I/O priority and nice are per thread in Linux, so the host's own stay as they are.
 * - `idle`: the idle I/O class and nice 19 (the default); fills over NVMe/TCP keep the host's nice value;
 * - `normal`: whatever the host's threads have;
 * - or both values spelled out. A lower nice than the host's needs CAP_SYS_NICE.
 */
export type Priority =
  | 'idle'
  | 'normal'
  | {
      readonly ioClass: IoClass;
      /** 0 (most urgent) to 7. @default 4 */
      readonly ioLevel?: number;
      /** -20 to 19. @default 0 */
      readonly nice?: number;
    };

/** Classes of ioprio_set(2). `realtime` needs CAP_SYS_ADMIN or CAP_SYS_NICE. */
export type IoClass = 'none' | 'realtime' | 'best-effort' | 'idle';

export const IO_CLASSES: readonly IoClass[] = ['none', 'realtime', 'best-effort', 'idle'];

export interface JobOptions {
  /** @default 'idle' */
  readonly priority?: Priority | undefined;
  /** Aborting rejects with the signal's reason; work that is half done stops at its next window. */
  readonly signal?: AbortSignal | undefined;
}

export function ioClassNumber(name: IoClass): number {
  const number = IO_CLASSES.indexOf(name);
  if (number < 0) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `'${String(name)}' is not an I/O class.`, {
      remedy: `Use one of ${IO_CLASSES.join(', ')}.`,
    });
  }
  return number;
}

export function toRawPriority(priority: Priority = 'idle'): RawPriority {
  if (priority === 'normal') return null;
  if (priority === 'idle') return [3, 0, 19];
  return [ioClassNumber(priority.ioClass), priority.ioLevel ?? 4, priority.nice ?? 0];
}

interface Watch {
  readonly tokens: Set<RawCancelToken>;
  readonly cancel: () => void;
}

// One listener a signal, however many jobs wait for it: Node warns of a leak from the eleventh on.
const watches = new WeakMap<AbortSignal, Watch>();

function watch(signal: AbortSignal, token: RawCancelToken): void {
  let entry = watches.get(signal);
  if (!entry) {
    const tokens = new Set<RawCancelToken>();
    entry = { tokens, cancel: () => tokens.forEach((pending) => void addon().cancel(pending)) };
    watches.set(signal, entry);
    signal.addEventListener('abort', entry.cancel, { once: true });
  }
  entry.tokens.add(token);
}

function unwatch(signal: AbortSignal, token: RawCancelToken): void {
  const entry = watches.get(signal);
  if (!entry?.tokens.delete(token) || entry.tokens.size > 0) return;
  watches.delete(signal);
  signal.removeEventListener('abort', entry.cancel);
}

/** Ties a cancel token to a signal for as long as the work takes. */
export async function withToken<T>(
  signal: AbortSignal | undefined,
  work: (token: RawCancelToken | null) => Promise<T>,
): Promise<T> {
  if (!signal) return work(null);
  signal.throwIfAborted();
  const token = addon().createCancelToken();
  watch(signal, token);
  try {
    return await work(token);
  } finally {
    unwatch(signal, token);
  }
}

/** Runs one job of the addon and gives its failure the shape of Node's own. */
export async function runJob<T>(
  options: JobOptions,
  file: RawFile | undefined,
  start: (priority: RawPriority, token: RawCancelToken | null) => Promise<T>,
): Promise<T> {
  const path: RawPath | undefined = typeof file === 'number' ? undefined : file;
  return withToken(options.signal, async (token) => {
    try {
      return await start(toRawPriority(options.priority), token);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw isRawFailure(error) ? toSystemError(error, path) : error;
    }
  });
}
