import { describe, expect, it } from 'vitest';
import { describeRest, MOST_ROWS, pickRows } from '../../../../lib/cli/render/pick-rows.ts';
import type { FileResidency } from '../../../../lib/residency/index.ts';

function file(name: string, size: number, pages: number, residentPages: number | null): FileResidency {
  const common = { file: { path: name, dev: 1n, ino: 1n, size }, size, pages };
  return (
    residentPages === null ? { ...common, state: 'unknown' } : { ...common, state: 'known', residentPages }
  ) as FileResidency;
}

const names = (files: readonly FileResidency[]): string[] => files.map(({ file: { path } }) => path);

describe('pickRows', () => {
  const small = Array.from({ length: 60 }, (_, index) => file(`small-${index}`, 4096, 1, index % 2));
  const telling = [file('unknown', 1, 1, null), file('partial', 8192, 2, 1), file('large', 1 << 30, 9, 0)];
  const mixed = [...small, ...telling];

  it('takes all that are few, and all when told to', () => {
    expect(pickRows(small.slice(0, MOST_ROWS), false)).toMatchObject({ rest: [] });
    expect(pickRows(mixed, true)).toEqual({ listed: mixed, rest: [] });
  });

  it('takes what is unknown, partial or large, in the order of the set', () => {
    const { listed, rest } = pickRows(mixed, false);
    expect(listed).toHaveLength(MOST_ROWS);
    expect(names(listed).slice(-3)).toEqual(['unknown', 'partial', 'large']);
    expect(names([...listed, ...rest]).sort()).toEqual(names(mixed).sort());
  });

  it('tells of the rest by kind', () => {
    const rest = [...small, file('empty', 0, 0, 0), file('partial', 8192, 2, 1), file('unknown', 1, 1, null)];
    expect(describeRest(rest)).toEqual([
      'and 63 more: 30 all resident, 1 in part, 30 not resident, 1 empty, 1 unknown; --all lists them',
    ]);
    expect(describeRest([])).toEqual([]);
  });
});
