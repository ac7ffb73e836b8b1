import { describe, expect, it } from 'vitest';
import { beside, pairs } from '../../../../lib/cli/render/pairs.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';

const narrow = (columns: number) => ({ ...PLAIN, isTTY: true, columns });

describe('beside', () => {
  it('goes on below itself', () => {
    expect(beside(narrow(30), 'key', 'some words that do not fit on one line')).toEqual([
      'key some words that do not fit',
      '    on one line',
    ]);
  });

  it('stands below its key where there is no room beside it', () => {
    expect(beside(narrow(24), 'a rather long key', 'some words and more')).toEqual([
      'a rather long key',
      '    some words and more',
    ]);
    expect(beside(narrow(24), 'a rather long key', 'short')).toEqual(['a rather long key short']);
  });

  it('is one line in a pipe', () => {
    expect(beside(PLAIN, 'key', 'word '.repeat(100).trim())).toHaveLength(1);
  });
});

describe('pairs', () => {
  it('puts the texts below each other', () => {
    expect(
      pairs(
        PLAIN,
        [
          ['a', 'one'],
          ['bcd', 'two'],
        ],
        6,
      ),
    ).toEqual(['a     one', 'bcd   two']);
  });
});
