import { everyController } from '../status/read-status.ts';
import type { NvmeofController, NvmeofStatus } from '../status/types.ts';

/** A controller that came, went, or changed its state between two looks. */
export interface Transition {
  readonly atMs: number;
  readonly controller: string;
  readonly subsystem: string | null;
  /** `null`: it was not there. */
  readonly from: string | null;
  readonly to: string | null;
}

/** What was seen of one connection while it was watched. */
export interface WatchedPath {
  readonly controller: string;
  readonly subsystem: string | null;
  readonly transport: string | null;
  readonly address: string | null;
  readonly service: string | null;
  /** Times that it was live again after it was not. */
  readonly reconnects: number;
  /** How `reconnects` is known: the kernel's own count, or states that were seen, of which short ones may be missed. */
  readonly source: 'kernel' | 'seen';
}

interface Known {
  readonly controller: NvmeofController;
  readonly state: string | null;
  readonly seen: number;
  readonly counted: number;
}

/**
 * Counts while somebody watches: most kernels have no counter of reconnects, and those that do begin at 0 with every
 * connection. Knows no clock and reads nothing.
 */
export class Transitions {
  readonly #known = new Map<string, Known>();

  /** @returns what changed since the look before */
  observe(status: NvmeofStatus, atMs: number): readonly Transition[] {
    const changes: Transition[] = [];
    const here = new Map(everyController(status).map((one) => [keyOf(one), one]));
    const first = this.#known.size === 0;
    for (const [key, controller] of here) {
      const before = this.#known.get(key);
      const from = before?.state ?? null;
      if (from !== controller.state && !(first && before === undefined)) {
        changes.push(transition(atMs, controller, from, controller.state));
      }
      this.#known.set(key, follow(before, controller));
    }
    for (const [key, before] of this.#known) {
      if (here.has(key) || before.state === null) continue;
      changes.push(transition(atMs, before.controller, before.state, null));
      this.#known.set(key, { ...before, state: null });
    }
    return changes;
  }

  paths(): readonly WatchedPath[] {
    return [...this.#known.values()].map(({ controller, seen, counted }) => {
      const { name, subsystem, transport, address, service, counters } = controller;
      const kernel = counters.reconnects !== null;
      return {
        ...{ controller: name, subsystem, transport, address, service },
        reconnects: kernel ? counted : seen,
        source: kernel ? 'kernel' : 'seen',
      };
    });
  }
}

/** What stays the same when a connection is made anew under another number. */
export function keyOf({
  subsystem,
  transport,
  address,
  service,
  hostAddress,
  hostNqn,
}: NvmeofController): string {
  return JSON.stringify([subsystem, transport, address, service, hostAddress, hostNqn]);
}

function follow(before: Known | undefined, controller: NvmeofController): Known {
  const { state, counters } = controller;
  if (before === undefined) return { controller, state, seen: 0, counted: 0 };
  const [was, now] = [before.controller.counters.reconnects, counters.reconnects];
  // A count that is smaller belongs to a connection that was made anew.
  const more = was === null || now === null ? 0 : now >= was ? now - was : now;
  const again = before.state !== 'live' && state === 'live' && before.state !== 'new';
  return { controller, state, seen: before.seen + (again ? 1 : 0), counted: before.counted + more };
}

function transition(
  atMs: number,
  { name, subsystem }: NvmeofController,
  from: string | null,
  to: string | null,
): Transition {
  return { atMs, controller: name, subsystem, from, to };
}
