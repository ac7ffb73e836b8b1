import { type HostOptions, readHostTextOrNull } from './host-file.ts';

/** Who gets huge pages: every mapping, those that ask by `madvise(MADV_HUGEPAGE)`, or none. */
export type TransparentHugePages = 'always' | 'madvise' | 'never';

/** Pure reading of `always [madvise] never`; `null` when no known word is marked. */
export function parseTransparentHugePages(text: string): TransparentHugePages | null {
  const word = /\[(always|madvise|never)\]/.exec(text)?.[1];
  return word === 'always' || word === 'madvise' || word === 'never' ? word : null;
}

/**
 * Reads `/sys/kernel/mm/transparent_hugepage/enabled` (Documentation/admin-guide/mm/transhuge.rst); `null` when the
 * kernel was built without huge pages or `/sys` can't be read.
 */
export async function readTransparentHugePages(
  options: HostOptions = {},
): Promise<TransparentHugePages | null> {
  const text = await readHostTextOrNull('/sys/kernel/mm/transparent_hugepage/enabled', options);
  return parseTransparentHugePages(text ?? '');
}
