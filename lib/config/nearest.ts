import { closest } from '../closest.ts';
import { SECTIONS, sectionAt } from './fields.ts';
import type { Path } from './tree.ts';

/** What to do about a key that doesn't exist: the one that was meant, here or elsewhere, or those that there are. */
export function suggestKey(word: string, section: Path): string {
  const names = sectionAt(section)?.names ?? [];
  const meant = sameLetters(word, names) ?? closest(word, names);
  if (meant !== undefined) return `did you mean ${meant}?`;
  const elsewhere = SECTIONS.filter(({ names }) => sameLetters(word, names) !== undefined).map(({ keys }) =>
    keys.length === 0 ? 'the top level' : keys.join('.').replace('.[]', '[]'),
  );
  if (elsewhere.length > 0) return `the key belongs under ${elsewhere.join(' or ')}`;
  return `the keys here are ${names.join(', ')}`;
}

/** `max_bytes`, `max-bytes` and `MaxBytes` mean `maxBytes`. */
function sameLetters(word: string, names: readonly string[]): string | undefined {
  // No key is half as long, and a hostile one may be as long as the file.
  if (word.length > 100) return undefined;
  const letters = (text: string): string => text.replace(/[_-]/g, '').toLowerCase();
  const wanted = letters(word);
  return names.find((name) => letters(name) === wanted);
}
