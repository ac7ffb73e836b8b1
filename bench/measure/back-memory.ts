import { run } from './run.ts';

const PIECE = 2 ** 30;

/**
 * Touches so many bytes of memory and gives them back. The host of a virtual machine takes memory that its guest has
 * freed (free page reporting, two seconds later), and whoever gets it next pays 0.6 s of CPU a GiB for it: a trial in
 * which that is the loader says nothing of the loader.
 */
export async function backMemory(bytes: number): Promise<void> {
  const script = `for (let left = ${bytes}, held = []; left > 0; left -= ${PIECE}) held.push(Buffer.alloc(Math.min(left, ${PIECE}), 1));`;
  await run([process.execPath, '-e', script]);
}
