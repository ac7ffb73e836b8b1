import { describe, expect, it } from 'vitest';
import { VERBS } from '../../lib/cli/verbs.ts';
import { closest } from '../../lib/closest.ts';

describe('closest', () => {
  const verbs = VERBS.map(({ name }) => name);

  it.each([
    ['warn', 'warm'],
    ['stauts', 'status'],
    ['evit', 'evict'],
    ['docter', 'doctor'],
    ['x', undefined],
    ['frobnicate', undefined],
  ])('of %s is %s', (word, expected) => {
    expect(closest(word, verbs)).toBe(expected);
  });

  it('takes no time over a word that is as long as a file', () => {
    // The distance of a word is letters times letters: 2^24 of them would be counted for minutes.
    expect(closest('x'.repeat(1 << 24), verbs)).toBeUndefined();
  });
});
