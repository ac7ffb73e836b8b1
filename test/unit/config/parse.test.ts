import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../lib/config/index.ts';
import type { WarmOptions } from '../../../lib/fill/index.ts';
import type { GuardOptions } from '../../../lib/guard/index.ts';
import { inShort, problemsOf, withSets } from './problems.ts';

const parse = (text: string) => parseConfig(text).config;

describe('parseConfig', () => {
  it('fills in every default', () => {
    expect(parse(withSets(''))).toEqual({
      enabled: true,
      sets: [
        {
          name: 'a',
          targets: ['/m'],
          priority: 0,
          quota: null,
          order: 'name',
          rules: null,
          exclude: [],
          files: false,
        },
      ],
      budget: { maxBytes: null, fractionOfAvailable: 0.5 },
      guard: {
        memoryFall: 0.2,
        cgroupFloorBytes: 64 * 2 ** 20,
        memoryPressure: 0.1,
        ioPressure: 0.4,
        readLatencyFactor: 2,
      },
      fill: { rate: null, touch: true, ioClass: 'idle' },
      sweep: { interval: 30_000, jitter: 0.1 },
      lock: { directory: '/run/warmset', whenHeld: 'wait' },
      snapshot: null,
      listen: null,
      allowRemote: false,
      log: { format: 'plain', level: 'info' },
      probe: { interval: 30_000, files: 8 },
      deadline: null,
      share: 1,
    });
  });

  it('reads sizes, rates, durations, shares and addresses', () => {
    const config = parse(
      withSets(`
budget: {maxBytes: 40GiB, fractionOfAvailable: 30%}
guard: {memoryFloorBytes: 0, floorBytesPerSecond: 16MiB/s, stopAfterSeconds: 10m, baselineReadMs: 0.2}
fill: {rate: 500MiB/s, window: 4MiB, streams: 2, engine: read}
sweep: {interval: 1m30s}
probe: {interval: 5}
snapshot: {path: /s}
listen: "[::1]:9464"
deadline: 250ms
watch: {pid: 7}
`),
    );
    expect(config).toMatchObject({
      budget: { maxBytes: 40 * 2 ** 30, fractionOfAvailable: 0.3 },
      guard: {
        memoryFloorBytes: 0,
        floorBytesPerSecond: 16 * 2 ** 20,
        stopAfterSeconds: 600,
        baselineReadMs: 0.2,
      },
      fill: { rate: 500 * 2 ** 20, window: 4 * 2 ** 20, streams: 2, engine: 'read' },
      sweep: { interval: 90_000 },
      probe: { interval: 5000 },
      snapshot: { path: '/s', interval: 600_000, restoreAtStart: false },
      listen: { host: '::1', port: 9464 },
      deadline: 250,
      watch: { pid: 7 },
    });
  });

  it("gives the guard and the fill what they take, by the library's own types", () => {
    const { guard, fill } = parse(withSets(''));
    const options: GuardOptions | false = guard;
    const { engine, streams, ioClass } = fill;
    const warm: Pick<WarmOptions, 'engine' | 'streams' | 'priority'> = {
      engine,
      streams,
      priority: ioClass === 'idle' ? 'idle' : { ioClass },
    };
    expect([options, warm]).not.toContain(undefined);
    expect(parse(withSets('guard: false')).guard).toBe(false);
  });

  it('says where each value came from', () => {
    const { values } = parseConfig(withSets('sweep:\n  interval: 1m'), {
      env: { WARMSET_SWEEP_JITTER: '0.5' },
    });
    const source = (path: string) => values.find((value) => value.path === path)?.source;
    expect(source('sweep.interval')).toEqual({ kind: 'file', line: 3, column: 3 });
    expect(source('sweep.jitter')).toEqual({ kind: 'environment', variable: 'WARMSET_SWEEP_JITTER' });
    expect(source('share')).toEqual({ kind: 'default' });
    expect(source('sets[0].name')).toEqual({ kind: 'file', line: 1, column: 9 });
    expect(source('sets[0].files')).toEqual({ kind: 'default' });
  });
});

// What follows the one line of sets, and what is said of it.
const WRONG: readonly (readonly [text: string, ...problems: string[]])[] = [
  ['sweep:\n  intervall: 30s', '3:3 sweep.intervall: there is no such key; did you mean interval?'],
  ['sweep: {Interval: 1m}', '2:9 sweep.Interval: there is no such key; did you mean interval?'],
  [
    'budget: {fraction_of_available: 1}',
    '2:10 budget.fraction_of_available: there is no such key; did you mean fractionOfAvailable?',
  ],
  ['maxBytes: 1GiB', '2:1 maxBytes: there is no such key; the key belongs under budget'],
  [
    'snapshot: {quota: 1, path: /s}',
    '2:12 snapshot.quota: there is no such key; the key belongs under sets[]',
  ],
  ['log: {colour: red}', '2:7 log.colour: there is no such key; the keys here are format, level'],
  ['__proto__: {enabled: false}', /^2:1 __proto__: there is no such key/.source],
  ['share: 1\nshare: 1', '3:1 share: "share" is there twice; leave one of them out'],
  [
    'budget: {maxBytes: 12parsecs}',
    '2:20 budget.maxBytes: "12parsecs" is not a size: the unit "parsecs" is unknown; write a number with a unit (B, KiB, MiB, GiB, TiB, PiB), such as 40GiB',
  ],
  ['budget: {maxBytes: [1]}', '2:20 budget.maxBytes: expected a size such as 40GiB, received a list'],
  ['budget: {maxBytes: 0}', '2:20 budget.maxBytes: must be at least 1 B, not 0 B'],
  ['fill: {window: 5000}', '2:16 fill.window: must be a multiple of the page size, at least of 4096 bytes'],
  ['fill: {streams: 65}', '2:17 fill.streams: must be at most 64, not 65'],
  ['fill: {streams: 1.5}', '2:17 fill.streams: expected a whole number, received 1.5'],
  [
    'fill: {engine: populat}',
    '2:16 fill.engine: "populat" is not one of populate, sendfile, read, willneed; did you mean populate?',
  ],
  ['sweep: {interval: 11d}', '2:19 sweep.interval: must be at most 864000s, not 950400s'],
  ['sweep: {interval: 0}', '2:19 sweep.interval: must be at least 0.1s, not 0s'],
  ['sweep: 5', '2:8 sweep: expected a mapping of keys, received 5'],
  ['sweep:', '2:7 sweep: expected a mapping of keys, received nothing; give it keys, or leave it out'],
  ['enabled: yes', '2:10 enabled: expected true or false, received "yes"; write true'],
  ['guard: true', '2:8 guard: expected false or a mapping of keys, received true'],
  ['guard: {memoryFal: 1}', '2:9 guard.memoryFal: there is no such key; did you mean memoryFall?'],
  ['guard: {readLatencyFactor: 1}', '2:28 guard.readLatencyFactor: must be more than 1, not 1'],
  ['snapshot: {}', '2:1 snapshot.path: is missing'],
  ['snapshot: {path: s}', '2:18 snapshot.path: "s" must be an absolute path'],
  ['watch: {}', '2:1 watch: names neither a process nor a cgroup; give it pid or cgroup, or leave it out'],
  [
    'watch: {pid: 1, cgroup: /c}',
    '2:17 watch.cgroup: a process and a cgroup are both named; keep one of pid and cgroup',
  ],
  [
    'listen: 0.0.0.0:9464',
    '2:9 listen: "0.0.0.0:9464" can be reached from other hosts, and allowRemote is false; listen at 127.0.0.1, or set allowRemote: true if everybody on the network may look',
  ],
  ['share: .nan', '2:8 share: expected a share such as 0.5 or 50%, received NaN'],
  [
    'log: !!binary aGk=',
    '2:15 log: the tag "tag:yaml.org,2002:binary" means nothing here; leave the tag out',
  ],
  ['log: *l', '2:6 log: there is no anchor &l before this'],
  ['log: &l {level: *l}', '2:17 log.level: *l stands for something that it is a part of'],
  ['--- ', '2:1 : a second document begins here; keep one document in the file'],
  ['share: "1', '2:10 : Missing closing "quote'],
];

describe('what is wrong with a file', () => {
  it.each(WRONG)('%j', (text, ...problems) => {
    const found = inShort(problemsOf(withSets(text)));
    expect(found).toHaveLength(problems.length);
    for (const [index, problem] of problems.entries()) {
      if (problem.startsWith('^')) expect(found[index]).toMatch(new RegExp(problem));
      else expect(found[index]).toBe(problem);
    }
  });

  it.each([
    ['', '1:1 sets: is missing'],
    ['# nothing\n', '1:1 sets: is missing'],
    ['[]', '1:1 : expected a mapping of keys, received a list'],
    ['sets: []', '1:7 sets: the list is empty; name at least one, or leave the key out'],
    ['sets: [{targets: [/m]}]', '1:8 sets[0].name: is missing'],
    ['sets: [{name: a}]', '1:8 sets[0].targets: is missing'],
    [
      'sets: [{name: a, targets: /m}]',
      '1:27 sets[0].targets: expected a list, received "/m"; put it into a list: [...]',
    ],
    [
      'sets: [{name: a, targets: [5]}]',
      '1:28 sets[0].targets[0]: expected text, received 5; put it into quotes',
    ],
    [
      'sets: [{name: A_b, targets: [/m]}]',
      '1:15 sets[0].name: "A_b" must be lower-case letters, digits and inner hyphens, at most 63',
    ],
    [
      'sets:\n- {name: a, targets: [/m]}\n- {name: a, targets: [/n]}',
      '3:10 sets[1].name: another set is called "a" too; give each set a name of its own',
    ],
  ])('%j', (text, problem) => {
    expect(inShort(problemsOf(text))).toEqual([problem]);
  });

  it('is told all at once, in the order of the file', () => {
    const text =
      'sweep: {jitter: 2}\nsets:\n- {name: a, targets: [/m], quota: x}\nlisten: 1.2.3.4:5\nshare: 1\nshare: 2\nnews: 1';
    expect(inShort(problemsOf(text)).map((line) => line.split(':').slice(0, 2).join(':'))).toEqual([
      '1:17 sweep.jitter',
      '3:35 sets[0].quota',
      '4:9 listen',
      '6:1 share',
      '7:1 news',
    ]);
  });

  it('is in the message, for whoever has only that', () => {
    expect(() => parseConfig('share: 2', { file: 'w.yaml' })).toThrow(
      /^w\.yaml can't be used:\nline 1, column 1: sets: is missing\nline 1, column 8: share: 2 is not a share/,
    );
  });
});
