import { atLeast, type KernelRelease } from './kernel-release.ts';

/** A block device's I/O schedulers, from `/sys/block/DISK/queue/scheduler`. */
export interface Schedulers {
  /** The one in use; `null` when the text doesn't mark one. */
  readonly active: string | null;
  readonly available: readonly string[];
}

/** Pure reading of `none [mq-deadline] kyber bfq`. A lone name without brackets is the one in use. */
export function parseSchedulers(text: string): Schedulers {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const marked = words.find((word) => /^\[.+\]$/.test(word));
  const available = words.map((word) => word.replace(/^\[(.+)\]$/, '$1'));
  const only = available.length === 1 ? available[0] : undefined;
  return { active: marked?.slice(1, -1) ?? only ?? null, available };
}

/**
 * Whether a scheduler lets other readers go before the idle I/O class (Documentation/block/ioprio.rst). It orders
 * requests that wait; it does not bound what one that is already in the device costs a neighbour.
 *
 * `mq-deadline` learned it in 5.14, hence the kernel. `null`: not known.
 */
export function honoursIdlePriority(scheduler: string | null, kernel: KernelRelease | null): boolean | null {
  switch (scheduler) {
    case 'bfq':
    case 'cfq':
      return true;
    case 'mq-deadline':
      return kernel === null ? null : atLeast(kernel, 5, 14);
    case 'none':
    case 'kyber':
    case 'noop':
    case 'deadline':
      return false;
    default:
      return null;
  }
}
