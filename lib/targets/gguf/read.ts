import type { RawPath } from '../../native/addon-types.ts';
import type { JobOptions } from '../../native/job.ts';
import { readRange } from '../../native/read-range.ts';
import { lookUp } from '../listing.ts';
import { nameOf } from '../path-names.ts';
import { nameModel } from '../tensors/bad-model.ts';
import { type GgufTable, scanGguf } from './parse.ts';

/**
 * Reads the header of a GGUF file in pieces of up to 4 MiB, of which it holds one, and steps over what it needn't know.
 * Bounded: 65,536 keys, 262,144 tensors, 128 MiB read.
 *
 * @throws WarmsetError `WARMSET_BAD_MODEL` for a header that is damaged, hostile or cut off, with the place
 * @throws SystemError as open(2) and pread(2) fail
 */
export async function readGguf(path: RawPath, options: JobOptions = {}): Promise<GgufTable> {
  try {
    const { size } = await lookUp(path, options);
    const scan = scanGguf(size);
    for (let step = scan.next(); ; ) {
      if (step.done) return step.value;
      step = scan.next(await readRange(path, { ...options, ...step.value }));
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw nameModel(error, nameOf(path).path);
  }
}
