import type { BackOff } from './back-off.ts';
import type { KeeperState, StoppedWhy } from './types.ts';

/** What happens to a keeper. Times are milliseconds since the epoch. */
export type KeeperHappening =
  /** It may work from now on. */
  | { readonly name: 'started' }
  | { readonly name: 'sweep-began'; readonly atMs: number }
  | { readonly name: 'fill-began'; readonly atMs: number; readonly set: string }
  | { readonly name: 'fill-ended'; readonly atMs: number }
  | { readonly name: 'sweep-ended'; readonly nextSweepAtMs: number | null; readonly backOff: BackOff | null }
  | { readonly name: 'stopped'; readonly why: StoppedWhy; readonly detail: string };

/**
 * The state after a happening. One that makes no sense in a state leaves it as it is: the very same object, so that
 * whoever compares sees that nothing happened. A closed keeper stays closed. Pure.
 */
export function next(state: KeeperState, happening: KeeperHappening): KeeperState {
  if (state.name === 'stopped' && state.why === 'closed') return state;
  switch (happening.name) {
    case 'stopped':
      return { name: 'stopped', why: happening.why, detail: happening.detail };
    case 'started':
      return state.name === 'stopped' ? { name: 'idle', nextSweepAtMs: null } : state;
    case 'sweep-began':
      return state.name === 'idle' || state.name === 'backing-off'
        ? { name: 'sweeping', sinceMs: happening.atMs }
        : state;
    case 'fill-began':
      return isAtWork(state) ? { name: 'filling', sinceMs: happening.atMs, set: happening.set } : state;
    case 'fill-ended':
      return state.name === 'filling' ? { name: 'sweeping', sinceMs: happening.atMs } : state;
    case 'sweep-ended':
      return isAtWork(state) ? rest(happening) : state;
  }
}

function isAtWork({ name }: KeeperState): boolean {
  return name === 'sweeping' || name === 'filling';
}

function rest({
  nextSweepAtMs,
  backOff,
}: Extract<KeeperHappening, { readonly name: 'sweep-ended' }>): KeeperState {
  return backOff === null
    ? { name: 'idle', nextSweepAtMs }
    : { name: 'backing-off', untilMs: backOff.untilMs, reason: backOff.reason };
}
