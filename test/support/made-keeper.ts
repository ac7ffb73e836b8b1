import { expect, vi } from 'vitest';
import type { KeeperDependencies } from '../../lib/keeper/dependencies.ts';
import { Keeper } from '../../lib/keeper/keeper.ts';
import type { KeeperOptions } from '../../lib/keeper/options.ts';
import type { KeeperEvents, KeeperState } from '../../lib/keeper/types.ts';
import { FakeHost, PAGE } from './fake-host.ts';

/** Of the defaults. */
export const INTERVAL = 30_000;

export interface Made {
  readonly host: FakeHost;
  readonly keeper: Keeper;
  readonly states: KeeperState[];
  readonly fills: KeeperEvents['fill'][0][];
  readonly problems: KeeperEvents['problem'][0][];
}

const made: Keeper[] = [];

/** A keeper over a fake host, with a set `m` of one file that is cold unless told otherwise. */
export function make(
  options: Partial<KeeperOptions> = {},
  over: Partial<KeeperDependencies> = {},
  host = new FakeHost(),
): Made {
  if (host.files.size === 0) host.add('/m/a', 10 * PAGE);
  const keeper = new Keeper({ sets: [{ name: 'm', targets: ['/m'] }], ...options }, host.dependencies(over));
  made.push(keeper);
  const [states, fills, problems]: [KeeperState[], Made['fills'], Made['problems']] = [[], [], []];
  keeper.on('state', (state) => states.push(state));
  keeper.on('fill', (fill) => fills.push(fill));
  keeper.on('problem', (problem) => problems.push(problem));
  return { host, keeper, states, fills, problems };
}

/** Lets the faked clock go on. */
export const tick = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Closes what was made, sees that no timer is left, and gives the clock back. */
export async function closeAll(): Promise<void> {
  for (const keeper of made.splice(0)) {
    const closed = keeper.close();
    await tick(1_000);
    await closed;
  }
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
}
