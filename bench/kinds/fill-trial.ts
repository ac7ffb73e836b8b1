import type { Filler } from '../contenders/filler.ts';
import type { Values } from '../context.ts';
import type { FileSet } from '../corpus.ts';
import { backMemory } from '../measure/back-memory.ts';
import { program } from '../measure/programs.ts';
import { ask } from '../measure/run.ts';
import { count, makeCold, residentBytes } from '../measure/state.ts';

/** From cold to filled: what it cost, and how much is up to date when it says that it is done. */
export async function fillFromCold(filler: Filler, set: FileSet): Promise<Values> {
  await makeCold(set);
  await backMemory(set.bytes);
  const { cost, own } = await filler.fill(set);
  const resident = residentBytes(await count(set));
  return {
    bytes: set.bytes,
    resident,
    wall: cost.wall,
    own,
    cpu: cost.user + cost.sys,
    peakMemory: cost.peakMemory,
  };
}

interface Scan {
  readonly seconds: number;
}

/** What readers of the set wait now: the first to map it, one that calls read(2), and one that maps it again. */
export async function readAfterwards({ files }: FileSet): Promise<Values> {
  const scan = (how: 'mmap' | 'read'): Promise<Scan> => ask([program('scan'), how], { paths: files });
  const first = await scan('mmap');
  const read = await scan('read');
  const again = await scan('mmap');
  return { mmapFirst: first.seconds, read: read.seconds, mmapAgain: again.seconds };
}
