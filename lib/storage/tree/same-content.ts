import { isSystemError, WarmsetError } from '../../errors.ts';
import type { JobOptions } from '../../native/job.ts';
import { type Readable, readHash } from '../footprint/fingerprint.ts';

/**
 * Whether two files hold the same bytes, by the sha256 of all of them. The reads leave no page in the cache and run at
 * idle priority. A file that changes or vanishes meanwhile is no equal.
 */
export async function sameContent(a: Readable, b: Readable, options: JobOptions): Promise<boolean> {
  if (a.size !== b.size) return false;
  try {
    const [first, second] = await Promise.all([readHash(a, options), readHash(b, options)]);
    return first === second;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isSystemError(error) || WarmsetError.is(error)) return false;
    throw error;
  }
}
