import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOfFlags } from '../../../lib/residency/runs.ts';
import { diffSnapshots, type UnknownRecord } from '../../../lib/snapshot/index.ts';
import { PAGE, record, snapshotOf } from './snapshots.ts';

const flags = fc.array(fc.boolean(), { minLength: 10, maxLength: 10 });
const runsOf = (set: readonly boolean[]) => runsOfFlags(Uint32Array.from(set, Number));

const unknown: UnknownRecord = {
  path: '/models/a',
  dev: 1n,
  ino: 2n,
  size: 10 * PAGE,
  state: 'unknown',
  modifiedNs: null,
  reason: { code: 'not-permitted', message: 'may not ask', remedy: 'ask' },
};

describe('the difference of two snapshots', () => {
  it('counts what came, what went and what stayed, to the byte', () => {
    fc.assert(
      fc.property(flags, flags, fc.integer({ min: 1, max: PAGE }), (before, after, tail) => {
        const size = 9 * PAGE + tail;
        const count = (counts: (was: boolean, is: boolean) => boolean): number =>
          before.reduce((sum, was, page) => {
            const bytes = page === 9 ? tail : PAGE;
            return counts(was, after[page] ?? false) ? sum + bytes : sum;
          }, 0);
        const diff = diffSnapshots(
          snapshotOf(record({ size, runs: runsOf(before) })),
          snapshotOf(record({ size, runs: runsOf(after) })),
        );
        expect(diff).toMatchObject({
          gained: count((was, is) => !was && is),
          lost: count((was, is) => was && !is),
          same: count((was, is) => was && is),
          unknownFiles: 0,
          files: [{ state: 'same', detail: null }],
        });
      }),
    );
  });

  it('knows files that are only in one', () => {
    const [a, b] = [record(), record({ path: '/models/b', ino: 9n })];
    expect(diffSnapshots(snapshotOf(a), snapshotOf(b)).files).toMatchObject([
      { path: '/models/a', state: 'removed', gained: 0, lost: 5 * PAGE, same: 0 },
      { path: '/models/b', state: 'added', gained: 5 * PAGE, lost: 0, same: 0 },
    ]);
  });

  it.for([
    [{ ino: 7n }, /another file/],
    [{ size: 9 * PAGE }, /had 40960 bytes and has 36864/],
    [{ modifiedNs: 4n }, /written since/],
  ] as const)('takes no page of other bytes for the same: %o', ([changes, detail]) => {
    const [file] = diffSnapshots(snapshotOf(record()), snapshotOf(record(changes))).files;
    expect(file).toMatchObject({ state: 'changed', gained: 5 * PAGE, lost: 5 * PAGE, same: 0 });
    expect(file?.detail).toMatch(detail);
  });

  it('goes on across boots, where device numbers are given out anew', () => {
    const diff = diffSnapshots(snapshotOf(record()), snapshotOf(record({ dev: 99n })));
    expect(diff.files).toMatchObject([{ state: 'same', same: 5 * PAGE }]);
  });

  it('compares bytes where the page sizes differ', () => {
    const small = snapshotOf(record({ runs: Float64Array.of(0, 4) }));
    const large = { ...snapshotOf(record({ runs: Float64Array.of(0, 1) })), pageSize: 4 * PAGE };
    expect(diffSnapshots(small, large)).toMatchObject({ gained: 0, lost: 0, same: 4 * PAGE });
  });

  it('claims nothing of what is unknown', () => {
    for (const [from, to] of [
      [record(), unknown],
      [unknown, record()],
    ] as const) {
      const diff = diffSnapshots(snapshotOf(from), snapshotOf(to));
      expect(diff).toMatchObject({ gained: 0, lost: 0, same: 0, unknownFiles: 1 });
      expect(diff.files).toMatchObject([
        { state: 'unknown', detail: 'may not ask', gained: null, lost: null, same: null },
      ]);
    }
  });

  it('tells apart names that look alike once shown', () => {
    const raw = record({ path: '/models/\\xff', rawPath: Buffer.from('/models/\xff', 'latin1') });
    const plain = record({ path: '/models/\\xff', ino: 8n });
    const diff = diffSnapshots(snapshotOf(raw, plain), snapshotOf(plain, raw));
    expect(diff.files.map(({ state }) => state)).toEqual(['same', 'same']);
  });
});
