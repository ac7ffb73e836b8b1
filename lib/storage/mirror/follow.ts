import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSystemError, WarmsetError } from '../../errors.ts';
import { HostGuard } from '../../fill/index.ts';
import { mirror } from './mirror.ts';
import { takeLock } from './state.ts';
import type { MirrorOptions, MirrorResult } from './types.ts';

export interface FollowOptions extends MirrorOptions {
  /** From the end of a round to the next, milliseconds. */
  readonly intervalMs: number;
  /** Ends it; what is being written is whole, or as it was. */
  readonly signal: AbortSignal;
  readonly onRound?: ((result: MirrorResult) => Promise<void> | void) | undefined;
  /** A round that could not even be begun: the source isn't there, say. The next one may be. */
  readonly onFailure?: ((error: Error) => Promise<void> | void) | undefined;
}

/**
 * Mirrors again and again, until it is told to end. What is new in the source, replaced (by inode, size or time) or gone
 * is seen by the next round.
 *
 * @returns the last round; `null` where none came to an end
 */
export async function followMirror(
  source: string,
  local: string,
  options: FollowOptions,
): Promise<MirrorResult | null> {
  const { intervalMs, signal, onRound, onFailure, rate } = options;
  // One for all rounds: what it has learnt about the device at rest holds.
  const guard =
    options.guard ?? new HostGuard({ limits: rate === undefined ? {} : { ceilingBytesPerSecond: rate } });
  await using _lock = await takeLock(resolve(local), 'loop');
  let last: MirrorResult | null = null;
  while (!signal.aborted) {
    try {
      last = await mirror(source, local, { ...options, guard });
      await onRound?.(last);
    } catch (error) {
      if (signal.aborted) break;
      const passes = isSystemError(error) || (WarmsetError.is(error) && error.code === 'WARMSET_STORAGE');
      if (!passes || last === null) throw error;
      await onFailure?.(error);
    }
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
  return last;
}
