import { stat } from 'node:fs/promises';
import { mustRun } from './programs.ts';

/** Bytes resident by somebody else's count: util-linux' fincore, which asks mincore here, and root isn't lied to. */
export async function fincoreBytes(...files: readonly string[]): Promise<number> {
  const counts = await mustRun('fincore', '--bytes', '--noheadings', '--output', 'RES', ...files);
  return counts.split('\n').reduce((sum, line) => sum + Number(line.trim() || 0), 0);
}

const PAGE = 4096;

/** What fincore counts of files that are resident as a whole: pages, the last one of each file included. */
export async function wholePages(...files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + Math.ceil(size / PAGE) * PAGE, 0);
}
