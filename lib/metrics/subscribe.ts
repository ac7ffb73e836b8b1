import type { KeeperEvents } from '../keeper/types.ts';
import type { KeeperSource } from './types.ts';

/** What some part does at an event; events that it doesn't care for are left out. */
export type Listeners = { readonly [Name in keyof KeeperEvents]?: (...args: KeeperEvents[Name]) => void };

// A record and not a list, so that the compiler misses an event that was added.
const EVENTS: Readonly<Record<keyof KeeperEvents, true>> = {
  state: true,
  sweep: true,
  measured: true,
  fill: true,
  verdict: true,
  rate: true,
  probe: true,
  hits: true,
  config: true,
  lock: true,
  snapshot: true,
  problem: true,
};

/**
 * Subscribes all parts with one listener an event: an EventEmitter warns from the eleventh on.
 *
 * @returns What unsubscribes them.
 */
export function subscribe(source: KeeperSource, parts: readonly Listeners[]): () => void {
  const undo: (() => void)[] = [];
  const add = <Name extends keyof KeeperEvents>(event: Name): void => {
    const listener = (...args: KeeperEvents[Name]): void => {
      for (const part of parts) part[event]?.(...args);
    };
    source.on(event, listener);
    undo.push(() => source.off(event, listener));
  };
  for (const event of Object.keys(EVENTS) as (keyof KeeperEvents)[]) add(event);
  return () => {
    for (const remove of undo.splice(0)) remove();
  };
}
