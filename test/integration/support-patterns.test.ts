import { describe, expect, it } from 'vitest';
import { pageRuns } from '../support/cache.ts';
import { mulberry32, residencyPatterns } from '../support/pattern.ts';

describe('patterns', () => {
  it('depend on their seed alone', () => {
    expect(residencyPatterns(100, 3)).toEqual(residencyPatterns(100, 3));
    expect(residencyPatterns(100, 3)).not.toEqual(residencyPatterns(100, 4));
    const random = mulberry32(1);
    // What the reference implementation gives for seed 1.
    expect([random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478]);
  });

  it('are ascending pages within the file, whatever its size', () => {
    for (const pages of [0, 1, 2, 3, 64, 1000]) {
      for (const { resident } of residencyPatterns(pages, pages)) {
        expect(resident).toEqual([...new Set(resident)].sort((a, b) => a - b));
        expect(resident.every((page) => Number.isInteger(page) && page >= 0 && page < pages)).toBe(true);
      }
    }
  });

  it('turn into runs', () => {
    expect(pageRuns([])).toEqual([]);
    expect(pageRuns([9, 3, 1, 2, 2, 7])).toEqual([
      [1, 3],
      [7, 1],
      [9, 1],
    ]);
  });
});
