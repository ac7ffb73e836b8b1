import { describe, expect, test } from 'vitest';
import { exclude } from '../../../lib/keeper/exclude.ts';
import { chooseGiveBack } from '../../../lib/keeper/give-back.ts';
import { type HealthInput, judgeHealth } from '../../../lib/keeper/health.ts';
import { type MeasuredFile, type MeasuredSet, setOf, toMeasured } from '../../../lib/keeper/measure-sets.ts';
import { toSettings } from '../../../lib/keeper/options.ts';
import { aSet, aSweep } from '../../support/fake-keeper.ts';

const warmFile = (path: string, size = 10) => ({ path, dev: 1n, ino: BigInt(path.length), size });

describe('exclude', () => {
  const set = setOf(
    ['/m/a.bin', '/m/README.md', '/m/original/b.bin', '/m/a\nb.md'].map((path) => warmFile(path)),
  );
  test.each([
    [['*.md'], ['/m/a.bin', '/m/original/b.bin']],
    [['**/original/**'], ['/m/a.bin', '/m/README.md', '/m/a\nb.md']],
    [['/m/*.bin'], ['/m/README.md', '/m/original/b.bin', '/m/a\nb.md']],
    [['nothing'], ['/m/a.bin', '/m/README.md', '/m/original/b.bin', '/m/a\nb.md']],
  ])('%j leaves %j', (globs, left) => {
    const files = exclude(set, globs);
    expect(files.files.map(({ path }) => path)).toEqual(left);
    expect(files.size).toBe(left.length * 10);
  });
});

describe('toMeasured', () => {
  const known = {
    file: warmFile('/s', 40_960),
    size: 40_960,
    pages: 10,
    state: 'known',
    source: 'mincore',
  } as const;

  test('holes count nowhere, not even when they are resident', () => {
    const pageMap = {
      windowBytes: 20_480,
      residentPages: Uint32Array.of(5, 2),
      dataPages: Uint32Array.of(2, 4),
    };
    expect(
      toMeasured(
        {
          ...known,
          residentPages: 7,
          residentBytes: 28_672,
          dirtyPages: null,
          recentlyEvictedPages: null,
          pageMap,
        },
        4096,
      ),
    ).toMatchObject({
      dataBytes: 6 * 4096,
      residentBytes: 4 * 4096,
      map: [1, 0.5],
    });
  });

  test('what nobody knows is null, and why', () => {
    const reason = { code: 'not-permitted', message: 'no', remedy: 'none' } as const;
    const unknown = { file: known.file, size: 40_960, pages: 10, state: 'unknown', reason } as const;
    expect(toMeasured(unknown, 4096)).toMatchObject({
      residentBytes: null,
      unknown: 'not-permitted',
      map: [],
    });
  });
});

describe('chooseGiveBack', () => {
  const file = (path: string, residentBytes: number): MeasuredFile => ({
    file: warmFile(path),
    identity: path,
    dataBytes: 100,
    residentBytes,
    unknown: null,
    map: [],
    failure: null,
  });
  const set = (files: readonly MeasuredFile[]): MeasuredSet => ({
    config: toSettings({ sets: [{ name: 'x', targets: ['/x'] }] }).config.sets[0] as MeasuredSet['config'],
    files,
    failures: [],
  });
  const sets = [set([file('/a', 100)]), set([file('/b', 100), file('/c', 0), file('/d', 100)])];
  const allotments = [0, 150].map((surplusBytes) => ({ allowedBytes: 0, readBytes: 0, surplusBytes }));
  const paths = (claimed: number, own = (_path: string) => true): string[] =>
    chooseGiveBack(sets, allotments, claimed, (_set, one) => own(one.file.path)).map(
      ({ file: one }) => one.file.path,
    );

  test('the least urgent goes first, no more than is claimed or beyond what is allowed', () => {
    expect(paths(0)).toEqual([]);
    expect(paths(1)).toEqual(['/d']);
    expect(paths(1_000)).toEqual(['/d', '/b']);
  });

  test('nobody gives back what somebody else brought in', () => {
    expect(paths(1_000, (path) => path !== '/d')).toEqual(['/b']);
  });
});

describe('judgeHealth', () => {
  const input = (over: Partial<HealthInput> = {}): HealthInput => ({
    state: { name: 'idle', nextSweepAtMs: 0 },
    sweep: aSweep(),
    nowMs: 1_000_000,
    aliveAtMs: 1_000_000,
    intervalMs: 30_000,
    share: 0.5,
    waitsForLock: false,
    ...over,
  });
  const judge = (over: Partial<HealthInput>): string => {
    const { live, ready } = judgeHealth(input(over));
    return `${live ? 'live' : 'dead'} ${ready ? 'ready' : 'unready'}`;
  };
  const held = { code: 'budget', message: 'too big' } as const;

  test.each([
    [{}, 'live ready'],
    [{ share: 0.6 }, 'live unready'],
    [{ share: 0.6, sweep: aSweep({ held }) }, 'live ready'],
    [{ sweep: null }, 'live unready'],
    [{ aliveAtMs: 1_000_000 - 90_001 }, 'dead ready'],
    [{ aliveAtMs: 1_000_000 - 9_000, intervalMs: 100 }, 'live ready'],
    [{ waitsForLock: true }, 'live unready'],
    [{ sweep: aSweep({ sets: [aSet({ files: [] })] }) }, 'live ready'],
    [{ state: { name: 'stopped', why: 'disabled', detail: '' } }, 'live ready'],
    [{ state: { name: 'stopped', why: 'failed', detail: '' } }, 'dead unready'],
  ] satisfies [Partial<HealthInput>, string][])('%o is %s', (over, expected) => {
    expect(judge(over)).toBe(expected);
  });

  test('says what holds it back', () => {
    const { reasons } = judgeHealth(input({ share: 0.6, sweep: aSweep({ held }) }));
    expect(reasons).toEqual([
      '50.0 % of the known bytes are resident, 60.0 % is asked for, held back: too big',
    ]);
  });
});

describe('toSettings', () => {
  const sets = [{ name: 'a', targets: ['/a'] }];
  test('fills in the defaults of the configuration', () => {
    const { config, locks } = toSettings({
      sets,
      sweep: { interval: 5_000 },
      snapshot: { path: '/s' },
      lock: false,
    });
    expect(locks).toBe(false);
    expect(config).toMatchObject({
      enabled: true,
      sets: [
        {
          name: 'a',
          targets: ['/a'],
          priority: 0,
          quota: null,
          order: 'name',
          rules: null,
          exclude: [],
          files: false,
        },
      ],
      sweep: { interval: 5_000, jitter: 0.1 },
      snapshot: { path: '/s', interval: 600_000, restoreAtStart: false },
      budget: { maxBytes: null, fractionOfAvailable: 0.5 },
      guard: { memoryFall: 0.2 },
    });
    expect(toSettings({ sets, guard: false }).config.guard).toBe(false);
  });

  test('a whole configuration stays as it is', () => {
    const { config } = toSettings({ sets, budget: { maxBytes: 7 }, guard: { memoryFall: 0.1 } });
    expect(toSettings(config).config).toEqual(config);
  });

  test.each([
    ['an interval', { sets, sweep: { interval: Number.NaN } }],
    ['a share', { sets, share: 2 }],
    ['a name twice', { sets: [...sets, ...sets] }],
  ])('refuses %s that makes no sense', (_what, options) => {
    expect(() => toSettings(options)).toThrow(expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT' }));
  });
});
