import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adviseFill, type FillFacts } from '../../../../lib/launch/advise/index.ts';
import type { CacheUse } from '../../../../lib/launch/types.ts';
import { advised, facts, GIB, MIB, server } from './facts.ts';

const BYPASSED: CacheUse = { state: 'bypassed', why: 'it reads by O_DIRECT' };
const PREFETCHES: CacheUse = { state: 'prefetches', why: 'it reads ahead itself' };
const DOUBTFUL: CacheUse = { state: 'doubtful', why: 'GDS may be on' };
const DROPS: CacheUse = { state: 'drops', why: 'it drops what it read' };
const SMALL = { otherBytes: 20 * MIB };
const EVIDENCE = 'the NVIDIA driver names a GB10';
const budget = (allowed: number) => ({ allowed, binding: 'cgroup' }) as const;

test.each<[string, Partial<FillFacts>, string]>([
  ['a cold set that fits', {}, 'ahead: fits'],
  ['a server that is not known', { recognised: null }, 'ahead: fits'],
  ['residency that can not be known', { residentBytes: null }, 'ahead: fits'],
  ['no files', { setBytes: 0 }, 'nothing: no-set'],
  ['files in memory', { filesystem: 'memory' }, 'nothing: in-memory'],
  ['a warm set', { residentBytes: 10 * GIB }, 'nothing: warm-already'],
  ['all but a thousandth', { residentBytes: 9.991 * GIB }, 'nothing: warm-already'],
  ['a little more than that', { residentBytes: 9.98 * GIB }, 'ahead: fits'],
  ['a warm set, forced', { residentBytes: 10 * GIB, force: true }, 'nothing: warm-already'],
  ['O_DIRECT', { recognised: server('vllm', BYPASSED) }, 'nothing: bypassed'],
  ['O_DIRECT, with other files', { recognised: server('vllm', BYPASSED), ...SMALL }, 'ahead small: bypassed'],
  [
    'O_DIRECT, with other files that do not fit',
    { recognised: server('vllm', BYPASSED), ...SMALL, budget: budget(MIB) },
    'window small: bypassed',
  ],
  [
    'O_DIRECT, with other files and no budget',
    { recognised: server('vllm', BYPASSED), ...SMALL, budget: budget(0) },
    'nothing: bypassed',
  ],
  ['O_DIRECT, forced', { recognised: server('vllm', BYPASSED), force: true }, 'ahead: fits forced'],
  ['a prefetcher', { recognised: server('tensorrt-llm', PREFETCHES) }, 'ahead: fits prefetches'],
  [
    'a prefetcher, with other files',
    { recognised: server('sglang', PREFETCHES), ...SMALL },
    'ahead: fits prefetches',
  ],
  ['a loader in doubt', { recognised: server('vllm', DOUBTFUL) }, 'ahead: fits doubtful'],
  ['a loader that drops', { recognised: server('sglang', DROPS) }, 'ahead: fits drops'],
  [
    'a loader that prefetches and drops, forced',
    { recognised: { ...server('sglang', PREFETCHES), cacheUses: [PREFETCHES, DROPS] }, force: true },
    'ahead: fits prefetches drops',
  ],
  ['unified memory', { unifiedMemory: EVIDENCE }, 'nothing: unified-memory'],
  ['unified memory, with other files', { unifiedMemory: EVIDENCE, ...SMALL }, 'nothing: unified-memory'],
  [
    'unified memory, server unknown',
    { unifiedMemory: EVIDENCE, recognised: null },
    'nothing: unified-memory',
  ],
  ['unified memory, forced', { unifiedMemory: EVIDENCE, force: true }, 'ahead: fits forced'],
  [
    'unified memory and llama.cpp',
    { unifiedMemory: EVIDENCE, recognised: server('llama.cpp') },
    'ahead: fits',
  ],
  ['vLLM on NFS', { filesystem: 'remote', filesystemName: 'nfs4' }, 'ahead: fits prefetches-later'],
  ['vLLM on Ceph', { filesystem: 'remote', filesystemName: 'ceph' }, 'ahead: fits'],
  [
    'SGLang on NFS',
    { recognised: server('sglang'), filesystem: 'remote', filesystemName: 'nfs4' },
    'ahead: fits',
  ],
  ['more than the budget', { budget: budget(9 * GIB) }, 'window: over-budget'],
  ['exactly the budget', { budget: budget(10 * GIB) }, 'ahead: fits'],
  ['no budget', { budget: budget(0) }, 'nothing: no-budget'],
  ['no budget, forced', { budget: budget(0), force: true }, 'nothing: no-budget'],
  [
    'a slow stick and a loader that reads at once',
    { recognised: server('llama.cpp'), sourceBytesPerSecond: 30 * MIB },
    'read-ahead: slow-source',
  ],
  ['a slow disk and a long import', { sourceBytesPerSecond: 100 * MIB }, 'ahead: fits'],
  [
    'a slow disk and a huge set',
    { sourceBytesPerSecond: 100 * MIB, setBytes: 100 * GIB, budget: budget(200 * GIB) },
    'read-ahead: slow-source',
  ],
  [
    'a slow disk and little left',
    {
      recognised: server('llama.cpp'),
      sourceBytesPerSecond: 30 * MIB,
      headStartMs: 9000,
      residentBytes: 9.9 * GIB,
    },
    'ahead: fits',
  ],
  [
    'a slow disk and nobody knows when',
    { recognised: server('tgi'), sourceBytesPerSecond: 30 * MIB },
    'ahead: fits',
  ],
  [
    'a slow disk, measured lead',
    { recognised: server('tgi'), sourceBytesPerSecond: 30 * MIB, headStartMs: 100 },
    'read-ahead: slow-source',
  ],
  ['a fast disk and no lead', { recognised: server('llama.cpp') }, 'ahead: fits'],
  [
    'a rate that is not known',
    { recognised: server('llama.cpp'), sourceBytesPerSecond: null },
    'ahead: fits',
  ],
])('%s', (_, changes, expected) => {
  expect(advised(changes)).toBe(expected);
});

test('the reasons name what was seen and what to do', () => {
  const text = (changes: Partial<FillFacts>) => adviseFill(facts(changes)).reasons[0]?.text;
  expect(text({ budget: budget(9 * GIB) })).toBe(
    "The set (10.0 GiB) is larger than the budget (9.00 GiB, set by a cgroup): it is filled in a window just ahead of the loader. Raise the cgroup's memory limit to have all of it stay.",
  );
  expect(text({ recognised: server('vllm', BYPASSED) })).toContain('it reads by O_DIRECT. Choose a loader');
  expect(text({ unifiedMemory: EVIDENCE })).toContain(EVIDENCE);
  expect(text({ recognised: server('llama.cpp'), sourceBytesPerSecond: 30 * MIB })).toContain('30.0 MiB/s');
});

const USES: readonly CacheUse[] = [{ state: 'used' }, BYPASSED, PREFETCHES, DOUBTFUL, DROPS];
const size = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 50 }));
const anyFacts: fc.Arbitrary<FillFacts> = fc.record({
  recognised: fc.option(
    fc
      .tuple(
        fc.constantFrom('vllm', 'sglang', 'tensorrt-llm', 'llama.cpp', 'ollama', 'tgi'),
        fc.constantFrom(...USES),
      )
      .map(([kind, use]) => server(kind, use)),
  ),
  setBytes: size,
  residentBytes: fc.option(size),
  otherBytes: fc.option(size),
  budget: fc.record({
    allowed: size,
    binding: fc.constantFrom('cgroup', 'maxBytes', 'fractionOfAvailable', 'unknown'),
  }),
  unifiedMemory: fc.option(fc.constant(EVIDENCE)),
  sourceBytesPerSecond: fc.option(fc.integer({ min: 1, max: 2 ** 34 })),
  headStartMs: fc.option(fc.integer({ min: 0, max: 100_000 })),
  filesystem: fc.constantFrom('disk', 'remote', 'stacked', 'memory', 'zfs', 'unknown'),
  force: fc.boolean(),
});

test('there is always a reason, in a sentence without gaps', () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      const { reasons } = adviseFill(given);
      expect(reasons.length).toBeGreaterThan(0);
      for (const { text } of reasons) expect(text).toMatch(/^[A-Z](?!.*(NaN|undefined|null|unknown,)).*\.$/);
      expect(new Set(reasons.map(({ code }) => code)).size).toBe(reasons.length);
    }),
  );
});

const RANK = { nothing: 0, 'read-ahead': 1, window: 1, ahead: 2 };

test('more budget never makes it do less', () => {
  fc.assert(
    fc.property(anyFacts, size, (given, more) => {
      const larger = { ...given, budget: { ...given.budget, allowed: given.budget.allowed + more } };
      expect(RANK[adviseFill(larger).how]).toBeGreaterThanOrEqual(RANK[adviseFill(given).how]);
    }),
    { numRuns: 1000 },
  );
});

test('force never makes it do less, and nothing is filled past a budget of 0', () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      const forced = adviseFill({ ...given, force: true });
      expect(RANK[forced.how]).toBeGreaterThanOrEqual(
        adviseFill({ ...given, force: false }).how === 'nothing' ? 0 : 1,
      );
      expect(adviseFill({ ...given, budget: { ...given.budget, allowed: 0 } }).how).toBe('nothing');
    }),
    { numRuns: 1000 },
  );
});
