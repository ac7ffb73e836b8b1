import { WarmsetError } from '../../errors.ts';
import type { CopiedFile } from '../../native/copy.ts';
import { nameOf } from '../../targets/path-names.ts';
import { type HashFileOptions, hashFile, newHash } from './hashing.ts';

/**
 * sha256 of all of a file, read past the page cache.
 *
 * @throws WarmsetError `WARMSET_FILE_TRUNCATED`
 */
export async function hashSource(
  file: CopiedFile & { readonly size: number },
  options: HashFileOptions,
): Promise<string> {
  const hash = newHash();
  if (await hashFile(hash, file, file.size, options)) return hash.digest('hex');
  throw new WarmsetError('WARMSET_FILE_TRUNCATED', 'The file became shorter while it was read.', {
    subject: nameOf(file.path).path,
    remedy: 'Run it again when nobody writes there.',
  });
}
