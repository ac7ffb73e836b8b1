import { readFile } from 'node:fs/promises';
import { program } from './programs.ts';
import { run } from './run.ts';

// Every two seconds the host takes a sixteenth of what is free, first of all what would be used next: with no more than the
// trial needs most fills came upon some of it.
const SPARE = 2.5;
// So that nobody's cached pages make room.
const MOST_OF_FREE = 0.75;

/**
 * Touches so much memory that a trial of so many bytes finds enough, and gives it back. The host of a virtual machine takes
 * memory that its guest has freed (free page reporting), and whoever gets it next pays up to 0.9 s of CPU a GiB for it: a
 * trial in which that is the contender says nothing of the contender.
 */
export async function backMemory(bytes: number): Promise<void> {
  const wanted = Math.min(bytes * SPARE, (await freeMemory()) * MOST_OF_FREE);
  await run([program('back'), String(Math.floor(wanted))]);
}

async function freeMemory(): Promise<number> {
  const kib = /^MemFree:\s*(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1];
  return Number(kib ?? 0) * 1024;
}
