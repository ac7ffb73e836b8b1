import { WarmsetError } from '../errors.ts';
import type { JobOptions } from '../native/job.ts';
import { readRange } from '../native/read-range.ts';
import { formatBytes } from '../units.ts';
import { lookUp } from './listing.ts';

/** {@link readSmallBytes} as UTF-8. */
export async function readSmall(path: string, most: number, options: JobOptions): Promise<string> {
  return (await readSmallBytes(path, most, options)).toString('utf8');
}

/**
 * The bytes of a small file that a model's files are described in.
 *
 * @param most bytes; a file that is larger is none of those
 * @throws SystemError as stat(2), open(2) and pread(2) fail
 * @throws WarmsetError `WARMSET_BAD_MODEL` for what is no file, or too large
 */
export async function readSmallBytes(path: string, most: number, options: JobOptions): Promise<Buffer> {
  const { kind, size } = await lookUp(path, options);
  if (kind !== 'file') {
    throw new WarmsetError('WARMSET_BAD_MODEL', `${path} is a ${kind}, and a file is needed there.`, {
      subject: path,
      remedy: 'Look at what put it there, or download the model again.',
    });
  }
  if (size > most) {
    const sizes = `${formatBytes(size)}; more than ${formatBytes(most)}`;
    throw new WarmsetError('WARMSET_BAD_MODEL', `${path} has ${sizes} is not read.`, {
      subject: path,
      remedy: 'A file of that size is not what its name says; download the model again.',
    });
  }
  return size === 0 ? Buffer.alloc(0) : readRange(path, { ...options, length: size });
}

/** @throws WarmsetError `WARMSET_BAD_MODEL` for what is no JSON */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WarmsetError('WARMSET_BAD_MODEL', `${path} is no JSON.`, {
      subject: path,
      remedy: 'It is damaged or cut off: download the model again.',
      cause: error,
    });
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
