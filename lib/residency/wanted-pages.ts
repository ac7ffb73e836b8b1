import { WarmsetError } from '../errors.ts';
import type { ByteRange } from '../targets/index.ts';
import { mergeRuns, type Runs } from './runs.ts';

/** Parts of a file, in any order: objects, or pairs of offset and length where there may be very many. */
export type ByteRanges = readonly ByteRange[] | Float64Array;

/**
 * The pages that ranges touch, in a file of `size` bytes. Ranges may come in any order and overlap; what lies behind the
 * end of the file is left out. Pure.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a range that isn't made of whole numbers from 0
 */
export function toWantedPages(ranges: ByteRanges, size: number, pageSize: number): Runs {
  const most = Math.ceil(size / pageSize);
  const touched = toPairs(ranges);
  let ascending = true;
  for (let index = 0; index < touched.length; index += 2) {
    const [offset = 0, length = 0] = touched.subarray(index, index + 2);
    checkRange({ offset, length });
    touched[index] = Math.min(most, Math.floor(offset / pageSize));
    touched[index + 1] = length === 0 ? 0 : Math.min(most, Math.ceil((offset + length) / pageSize));
    ascending &&= index === 0 || (touched[index - 2] ?? 0) <= (touched[index] ?? 0);
  }
  return mergeRuns(ascending ? touched : sortPairs(touched));
}

/** A copy, which may be written over. */
function toPairs(ranges: ByteRanges): Float64Array {
  if (ranges instanceof Float64Array) return ranges.slice();
  const pairs = new Float64Array(ranges.length * 2);
  ranges.forEach(({ offset, length }, index) => {
    pairs.set([offset, length], index * 2);
  });
  return pairs;
}

function sortPairs(pairs: Float64Array): Float64Array {
  const list = Array.from({ length: pairs.length / 2 }, (_, index) =>
    pairs.subarray(index * 2, index * 2 + 2),
  );
  list.sort(([a = 0], [b = 0]) => a - b);
  return Float64Array.from(list.flatMap((pair) => [...pair]));
}

function checkRange({ offset, length }: ByteRange): void {
  const end = offset + length;
  if ([offset, length, end].every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0)) return;
  throw new WarmsetError(
    'WARMSET_BAD_ARGUMENT',
    `A selected range has the offset ${String(offset)} and the length ${String(length)}: both must be whole numbers from 0.`,
    { subject: 'select', remedy: 'Give offset and length in bytes.' },
  );
}
