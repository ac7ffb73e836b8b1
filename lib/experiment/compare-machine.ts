import { FACT_NAMES, type MachineFacts } from './machine-facts.ts';
import type { FileFacts } from './types.ts';

/** Something that isn't as it was when the experiment began. */
export interface Difference {
  readonly what: string;
  readonly was: string;
  readonly is: string;
  /** Trials before and after can't be compared; otherwise it is only told. */
  readonly grave: boolean;
}

const GRAVE: ReadonlySet<keyof MachineFacts> = new Set(['kernel', 'cpu', 'cpus', 'filesystem', 'device']);

/** @param design has schedulers of its own: then which one is set between the runs says nothing */
export function compareMachine(
  was: MachineFacts,
  is: MachineFacts,
  ignoreScheduler: boolean,
): readonly Difference[] {
  const names = Object.keys(FACT_NAMES) as (keyof MachineFacts)[];
  return names.flatMap((name) => {
    if (name === 'scheduler' && ignoreScheduler) return [];
    const [before, now] = [show(was[name]), show(is[name])];
    return before === now ? [] : [{ what: FACT_NAMES[name], was: before, is: now, grave: GRAVE.has(name) }];
  });
}

function show(fact: MachineFacts[keyof MachineFacts]): string {
  return fact === null ? 'unknown' : Array.isArray(fact) ? fact.join(', ') : String(fact);
}

/** Another file, another size or another date of change: it isn't the same experiment any more. */
export function compareFiles(was: readonly FileFacts[], is: readonly FileFacts[]): readonly Difference[] {
  const now = new Map(is.map((file) => [keyOf(file), file]));
  const changed = was.flatMap((file) => {
    const other = now.get(keyOf(file));
    now.delete(keyOf(file));
    const [before, after] = [showFile(file), other === undefined ? 'missing' : showFile(other)];
    return before === after ? [] : [{ what: file.path, was: before, is: after, grave: true }];
  });
  const added = [...now.values()].map((file) => ({
    what: file.path,
    was: 'not in the set',
    is: showFile(file),
    grave: true,
  }));
  return [...changed, ...added];
}

function keyOf({ path, pathBytes }: FileFacts): string {
  return pathBytes ?? path;
}

function showFile({ dev, ino, size, modifiedNs }: FileFacts): string {
  return `inode ${ino} of device ${dev}, ${size} bytes, changed at ${modifiedNs ?? 'an unknown time'}`;
}
