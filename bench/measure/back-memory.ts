import { program } from './programs.ts';
import { run } from './run.ts';

/**
 * Touches so many bytes of memory and gives them back. The host of a virtual machine takes memory that its guest has
 * freed (free page reporting, two seconds later), and whoever gets it next pays up to 0.9 s of CPU a GiB for it: a trial
 * in which that is the loader says nothing of the loader.
 */
export async function backMemory(bytes: number): Promise<void> {
  await run([program('back'), String(bytes)]);
}
