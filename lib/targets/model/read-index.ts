import { setImmediate } from 'node:timers/promises';
import { WarmsetError } from '../../errors.ts';
import type { JobOptions } from '../../native/job.ts';
import { readSmallBytes } from '../read-small.ts';
import { NoIndex, scanIndex } from './scan-index.ts';

/** Bytes; the largest that is published has a third of it. */
const MOST_INDEX_BYTES = 64 * 2 ** 20;

/**
 * File names that an index of safetensors maps its tensors to.
 *
 * @throws SystemError as stat(2), open(2) and pread(2) fail
 * @throws WarmsetError `WARMSET_BAD_MODEL` for what is no index, or names something outside of its directory
 */
export async function readIndex(path: string, options: JobOptions): Promise<ReadonlySet<string>> {
  const scan = scanIndex(await readSmallBytes(path, MOST_INDEX_BYTES, options));
  try {
    for (;;) {
      const step = scan.next();
      if (step.done) return checkNames(step.value, path);
      await setImmediate();
      options.signal?.throwIfAborted();
    }
  } catch (error) {
    throw error instanceof NoIndex ? refusal(path, error.message) : error;
  }
}

/** Pure. */
export function checkNames(names: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const odd = [...names].find((name) => !isPlainName(name));
  if (odd === undefined) return names;
  throw refusal(path, `names ${JSON.stringify(odd.slice(0, 100))}, which is no file beside it`);
}

function isPlainName(name: string): boolean {
  return name !== '' && name.length <= 255 && !/[/\0]/.test(name) && name !== '.' && name !== '..';
}

function refusal(path: string, what: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_MODEL', `The index ${path} ${what}.`, {
    subject: path,
    remedy:
      'It is damaged or not an index of safetensors: download it again. All weights beside it were taken.',
  });
}
