import { describe, expect, it } from 'vitest';
import { VARIABLES, variableFor } from '../../../lib/config/environment.ts';
import { FIELDS } from '../../../lib/config/fields.ts';
import { type Environment, parseConfig } from '../../../lib/config/index.ts';
import { inShort, problemsOf, withSets } from './problems.ts';

const withEnv = (env: Environment, text: string | null = withSets('')) => parseConfig(text, { env });

describe('the environment', () => {
  it('has a variable of its own for every scalar outside sets', () => {
    const keys = FIELDS.filter((field) => field.keys[0] !== 'sets').map((field) => field.keys);
    const names = keys.map(variableFor);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => VARIABLES.has(name))).toBe(true);
    expect(variableFor(['budget', 'maxBytes'])).toBe('WARMSET_BUDGET_MAX_BYTES');
  });

  it('goes before the file, and before the defaults', () => {
    const { config, warnings } = withEnv(
      {
        WARMSET_BUDGET_MAX_BYTES: '2GiB',
        WARMSET_SWEEP_INTERVAL: '30',
        WARMSET_FILL_STREAMS: ' 3 ',
        WARMSET_FILL_RATE: 'null',
        WARMSET_LISTEN: '0.0.0.0:80',
        WARMSET_ALLOW_REMOTE: 'YES',
        WARMSET_SNAPSHOT_PATH: '/s',
        WARMSET_SHARE: '',
        WARMSET_ENABLED: 'off',
      },
      withSets('budget: {maxBytes: 1GiB, fractionOfAvailable: 0.3}\nfill: {rate: 1MiB/s}'),
    );
    expect(config).toMatchObject({
      enabled: false,
      budget: { maxBytes: 2 * 2 ** 30, fractionOfAvailable: 0.3 },
      sweep: { interval: 30_000 },
      fill: { streams: 3, rate: null },
      listen: { host: '0.0.0.0', port: 80 },
      snapshot: { path: '/s' },
      share: 1,
    });
    expect(warnings).toEqual([]);
  });

  it('switches sections off, and does not switch them on by one of their keys', () => {
    expect(withEnv({ WARMSET_GUARD: '0' }).config.guard).toBe(false);
    const { config, warnings } = withEnv({ WARMSET_GUARD_MEMORY_FALL: '0.3' }, withSets('guard: false'));
    expect(config.guard).toBe(false);
    expect(inShort(warnings)).toEqual([
      'WARMSET_GUARD_MEMORY_FALL guard.memoryFall: has no effect: the section is switched off or no mapping',
    ]);
  });

  it('makes one set of its targets, a line each, where the file has none', () => {
    const env = { WARMSET_TARGETS: '/m/a\n\nhf:Qwen/Qwen3-8B\n' };
    for (const text of [null, '', 'share: 0.5']) {
      expect(withEnv(env, text).config.sets).toMatchObject([
        { name: 'default', targets: ['/m/a', 'hf:Qwen/Qwen3-8B'], priority: 0 },
      ]);
    }
    const { config, warnings } = withEnv(env);
    expect(config.sets.map(({ name }) => name)).toEqual(['a']);
    expect(inShort(warnings)).toEqual(['WARMSET_TARGETS sets: has no effect: the file has sets']);
  });

  it.each([
    ['WARMSET_SWEEP_INTERVAL', '30parsecs', /^sweep\.interval: "30parsecs" is not a duration: the unit/],
    ['WARMSET_ENABLED', 'flase', /^enabled: expected true or false, received "flase"$/],
    ['WARMSET_FILL_STREAMS', '99', /^fill\.streams: must be at most 64, not 99$/],
    ['WARMSET_GUARD', 'perhaps', /^guard: expected false or a mapping of keys, received "perhaps"$/],
    ['WARMSET_LISTEN', ':9464', /^listen: ":9464" can be reached from other hosts.*; listen at 127/],
    ['WARMSET_SNAPSHOT_INTERVAL', '1m', /^snapshot\.path: is missing$/],
  ])('%s=%s is refused by its name', (variable, value, message) => {
    const [problem, ...others] = inShort(problemsOf(withSets(''), { [variable]: value }));
    expect(others).toEqual([]);
    expect(problem?.replace(/^\S+ /, '')).toMatch(message);
    if (variable !== 'WARMSET_SNAPSHOT_INTERVAL') expect(problem?.split(' ')[0]).toBe(variable);
  });

  it('warns of a variable that means nothing, with the one that was meant', () => {
    const { warnings } = withEnv({
      WARMSET_SWEEP_INTERVALL: '1m',
      WARMSET_NONSENSE: '1',
      // Of the tests, of the addon, and what Kubernetes makes for services named warmset and warmset-metrics.
      WARMSET_TEST_NODES: '/n',
      WARMSET_ADDON: '/a',
      WARMSET_PORT: 'tcp://10.0.0.1:9464',
      WARMSET_PORT_9464_TCP_ADDR: '10.0.0.1',
      WARMSET_SERVICE_HOST: '10.0.0.1',
      WARMSET_METRICS_SERVICE_PORT_HTTP: '9464',
      PATH: '/bin',
    });
    expect(inShort(warnings)).toEqual([
      'WARMSET_SWEEP_INTERVALL : means nothing to warmset; did you mean WARMSET_SWEEP_INTERVAL?',
      'WARMSET_NONSENSE : means nothing to warmset; docs/config.md lists them all',
    ]);
  });

  it('is told of beside a file that is broken', () => {
    const found = inShort(problemsOf('sets: [', { WARMSET_SHARE: '2' }));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^1:\d+ : /);
    expect(found[1]).toMatch(/^WARMSET_SHARE share: /);
  });
});
