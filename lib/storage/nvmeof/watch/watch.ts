import { setTimeout as delay } from 'node:timers/promises';
import { type NvmeofStatusOptions, readNvmeofStatus } from '../status/read-status.ts';
import type { NvmeofStatus } from '../status/types.ts';
import { type Transition, Transitions, type WatchedPath } from './transitions.ts';

export interface NvmeofWatchOptions extends Omit<NvmeofStatusOptions, 'log'> {
  /** Milliseconds between two looks; a state that is shorter may be missed. @default 1_000 */
  readonly intervalMs?: number | undefined;
}

/** One look, and what was seen since the first. */
export interface Look {
  readonly atMs: number;
  readonly status: NvmeofStatus;
  /** Since the look before; empty at the first. */
  readonly transitions: readonly Transition[];
  readonly paths: readonly WatchedPath[];
}

/** Looks again and again until its signal says stop, and then ends without an error. */
export async function* watchNvmeof(options: NvmeofWatchOptions = {}): AsyncGenerator<Look, void> {
  const { intervalMs = 1_000, signal } = options;
  const seen = new Transitions();
  while (signal?.aborted !== true) {
    const status = await readNvmeofStatus(options);
    const atMs = Date.now();
    const transitions = seen.observe(status, atMs);
    yield { atMs, status, transitions, paths: seen.paths() };
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}
