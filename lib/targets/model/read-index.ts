import { WarmsetError } from '../../errors.ts';
import type { JobOptions } from '../../native/job.ts';
import { isRecord, parseJson, readSmall } from '../read-small.ts';

/** Bytes; the largest that is published (a million tensors) has a tenth of it. */
const MOST_INDEX_BYTES = 64 * 2 ** 20;

/** File names that an index of safetensors maps its tensors to. */
export async function readIndex(path: string, options: JobOptions): Promise<ReadonlySet<string>> {
  return indexedNames(parseJson(await readSmall(path, MOST_INDEX_BYTES, options), path), path);
}

/**
 * The same of parsed JSON. Pure.
 *
 * @throws WarmsetError `WARMSET_BAD_MODEL` for what is no index, or names something outside of its directory
 */
export function indexedNames(index: unknown, path: string): ReadonlySet<string> {
  const map = isRecord(index) ? index.weight_map : undefined;
  if (!isRecord(map)) throw refusal(path, 'has no weight_map');
  const names = new Set<string>();
  for (const name of Object.values(map)) {
    if (typeof name !== 'string') throw refusal(path, 'maps a tensor to something that is no name');
    if (names.has(name)) continue;
    if (!isPlainName(name))
      throw refusal(path, `names ${JSON.stringify(name.slice(0, 100))}, which is no file beside it`);
    names.add(name);
  }
  return names;
}

function isPlainName(name: string): boolean {
  return name !== '' && name.length <= 255 && !/[/\0]/.test(name) && name !== '.' && name !== '..';
}

function refusal(path: string, what: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_MODEL', `The index ${path} ${what}.`, {
    subject: path,
    remedy:
      'It is damaged or not an index of safetensors; all weights beside it were taken. Download it again.',
  });
}
