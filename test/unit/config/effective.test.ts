import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderConfig } from '../../../lib/cli/render/config-show.ts';
import { PLAIN } from '../../../lib/cli/render/terminal.ts';
import { type Config, diffConfigs, parseConfig } from '../../../lib/config/index.ts';
import { withSets } from './problems.ts';

const bytes = fc.oneof(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.constantFrom(1024, 2 ** 36));
const ms = fc.oneof(
  fc.integer({ min: 100, max: 864e6 }),
  fc.constantFrom(30_000, 3_600_000, 86_400_000, 250.125),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const without = (mapping: object) =>
  Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== undefined));
const target = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !/\0/.test(text));

/** Configurations as JSON, which is YAML. */
const written = fc
  .record({
    enabled: maybe(fc.boolean()),
    sets: fc.uniqueArray(
      fc
        .record({
          name: fc.constantFrom('a', 'b', 'c', 'd-1'),
          targets: fc.array(target, { minLength: 1, maxLength: 3 }),
          priority: maybe(fc.integer({ min: 0 })),
          quota: maybe(fc.option(bytes)),
          exclude: maybe(fc.array(target, { maxLength: 2 })),
        })
        .map(without),
      { minLength: 1, maxLength: 4, selector: (set) => (set as { name?: unknown }).name },
    ),
    budget: maybe(
      fc
        .record({ maxBytes: maybe(bytes), fractionOfAvailable: maybe(fc.constantFrom(0.3, '30%', 1)) })
        .map(without),
    ),
    guard: maybe(
      fc.oneof(
        fc.constant(false),
        fc
          .record({
            memoryFall: maybe(
              fc.double({ min: 0, max: 1, noNaN: true }).filter((share) => share === 0 || share > 1e-6),
            ),
            stopAfterSeconds: maybe(fc.constantFrom(0, 600, '250ms', 1.5)),
            baselineReadMs: maybe(fc.constantFrom(0.2, 12, '1s')),
            floorBytesPerSecond: maybe(bytes),
          })
          .map(without),
      ),
    ),
    sweep: maybe(fc.record({ interval: ms.map((value) => `${value}ms`) })),
    snapshot: maybe(fc.option(fc.record({ path: fc.constantFrom('/s', '/a b', '/true', '/ü: #"') }))),
    listen: maybe(fc.constantFrom(null, '[::1]:9464', '127.0.0.1:0', 'localhost:80')),
    watch: maybe(fc.constantFrom({ pid: 3 }, { cgroup: '/c' })),
    deadline: maybe(fc.option(ms.map((value) => `${value}ms`))),
  })
  .map((file) => JSON.stringify(without(file)));

const configOf = (text: string): Config => parseConfig(text).config;

describe('the effective configuration', () => {
  it('is a file that says exactly the same', () => {
    fc.assert(
      fc.property(written, (text) => {
        const { config, values } = parseConfig(text);
        expect(configOf(renderConfig(PLAIN, values).join('\n'))).toEqual(config);
      }),
      { numRuns: 200 },
    );
  });

  it('of the example reads well and is the example', () => {
    const text = readFileSync(new URL('../../../examples/warmset.yaml', import.meta.url), 'utf8');
    const { config, values, warnings } = parseConfig(text);
    expect(warnings).toEqual([]);
    expect(config.sets.map(({ name }) => name)).toEqual(['llama', 'adapters']);
    expect(configOf(renderConfig(PLAIN, values).join('\n'))).toEqual(config);
  });
});

describe('diffConfigs', () => {
  it('is empty where nothing changes, and only there', () => {
    fc.assert(
      fc.property(written, written, (one, other) => {
        const [a, b] = [configOf(one), configOf(other)];
        expect(diffConfigs(a, a)).toEqual([]);
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(diffConfigs(a, b).length === 0).toBe(same);
      }),
      { numRuns: 200 },
    );
  });

  it('says what was and what is, and tells sets by their names', () => {
    const before = configOf(
      'sets: [{name: a, targets: [/a]}, {name: b, targets: [/b]}, {name: c, targets: [/c]}]\nguard: {memoryFall: 0.3}',
    );
    const after = configOf(
      'sets: [{name: c, targets: [/c]}, {name: d, targets: [/d]}, {name: a, targets: [/a], quota: 40GiB}]\nguard: false\nsweep: {interval: 1m}',
    );
    expect(diffConfigs(before, after)).toEqual([
      'guard: not set -> false',
      'sweep.interval: 30s -> 1m',
      'guard.memoryFall: 0.3 -> not set',
      'guard.cgroupFloorBytes: 64MiB -> not set',
      'guard.memoryPressure: 0.1 -> not set',
      'guard.ioPressure: 0.4 -> not set',
      'guard.readLatencyFactor: 2 -> not set',
      'sets.b: removed',
      'sets.d: added, with targets [/d]',
      'sets: the order is now c, d, a',
      'sets.a.quota: null -> 40GiB',
    ]);
    expect(diffConfigs(configOf(withSets('')), configOf(withSets('listen: localhost:1')))).toEqual([
      'listen: null -> "localhost:1"',
    ]);
  });
});
