import { addon } from '../native/addon.ts';
import type { JobOptions } from '../native/job.ts';
import type { Tensor, WarmFile } from '../targets/index.ts';
import { exactPages } from './exact-pages.ts';
import { type Runs, toByteRuns } from './runs.ts';
import type { UnknownReason } from './types.ts';

/** What of each tensor of a file is resident. */
export type TensorResidency =
  /** Bytes that lie in resident pages, in the order of the tensors. */
  | { readonly state: 'known'; readonly residentBytes: readonly number[] }
  | { readonly state: 'unknown'; readonly reason: UnknownReason };

/** Counts a file's pages once, and what each of its tensors has of them. Reads nothing. */
export async function tensorResidency(
  file: WarmFile,
  tensors: readonly Tensor[],
  options: JobOptions = {},
): Promise<TensorResidency> {
  const { pageSize } = addon().features();
  const found = await exactPages(file, options);
  if (found.state === 'unknown') return { state: 'unknown', reason: found.reason };
  const resident = toByteRuns(found.resident, found.survey.size, pageSize);
  return { state: 'known', residentBytes: tensors.map((tensor) => bytesWithin(tensor, resident)) };
}

/** How many bytes of a range lie in runs of bytes. Pure. */
export function bytesWithin({ offset, length }: { offset: number; length: number }, runs: Runs): number {
  const end = offset + length;
  let bytes = 0;
  for (let index = firstEndingBehind(runs, offset); index < runs.length; index += 2) {
    const [start = 0, count = 0] = runs.subarray(index, index + 2);
    if (start >= end) break;
    bytes += Math.min(end, start + count) - Math.max(offset, start);
  }
  return bytes;
}

/** By halves: a file may have as many runs as tensors. */
function firstEndingBehind(runs: Runs, offset: number): number {
  let low = 0;
  let high = runs.length / 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [start = 0, count = 0] = runs.subarray(middle * 2, middle * 2 + 2);
    if (start + count <= offset) low = middle + 1;
    else high = middle;
  }
  return low * 2;
}
