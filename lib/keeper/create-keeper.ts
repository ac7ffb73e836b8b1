import { HOST } from './dependencies.ts';
import { createHitWatch } from './hits.ts';
import { Keeper } from './keeper.ts';
import { acquireNodeLock } from './node-lock.ts';
import type { KeeperOptions } from './options.ts';

/**
 * A keeper of some sets: sweeps every half minute, measures, decides what is missing and most urgent, fills it under
 * budget and guard, and measures again. It does nothing until it is started, or asked for one sweep.
 *
 * ```ts
 * await using keeper = createKeeper({ sets: [{ name: 'llama', targets: ['/models/llama'] }] });
 * keeper.on('sweep', ({ sets }) => show(sets[0]?.hitRatio));
 * await keeper.start();
 * ```
 *
 * Of a whole configuration `listen`, `log` and `deadline` are for the command line: a program listens and logs by itself.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export function createKeeper(options: KeeperOptions): Keeper {
  return new Keeper(options, { ...HOST, acquireLock: acquireNodeLock, createHitWatch });
}
