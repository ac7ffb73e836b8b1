import { describe, expect, it } from 'vitest';
import { outerStamp, rankOf } from '../../../../lib/probe/startup/wrappers.ts';
import { fixture, reportOf } from './logs.ts';

// vLLM's own lines, which have stamps in whole seconds.
const BARE = fixture('vllm-v1-compose')
  .split('\n')
  .map((line) => line.replace(/^llm-1 {2}\| \S+ /, ''));
const SECOND = /\d\d-\d\d (\d\d:\d\d:\d\d)/;

/** Each line in its wrapper, which says the time of the server's line half a second late. */
function wrapped(wrap: (line: string, clock: string) => string): string {
  let clock = '';
  return BARE.map((line) => {
    clock = SECOND.exec(line)?.[1] ?? clock;
    return line === '' ? '' : wrap(line, clock);
  }).join('\n');
}

const WRAPPERS: readonly (readonly [string, (line: string, clock: string) => string])[] = [
  ['nothing', (line) => line],
  ['docker compose', (line) => `llm-1  | ${line}`],
  ['docker compose with stamps', (line, clock) => `llm-1  | 2026-02-12T${clock}.500000001Z ${line}`],
  ['docker logs -t', (line, clock) => `2026-02-12T${clock}.500000001Z ${line}`],
  ['journald', (line, clock) => `Feb 12 ${clock} node-3 vllm[812]: ${line}`],
  ['journald short-precise', (line, clock) => `Feb 12 ${clock}.500000 node-3 vllm[812]: ${line}`],
  ['journald short-iso', (line, clock) => `2026-02-12T${clock}+0100 node-3 vllm[812]: ${line}`],
  ['journald short-full', (line, clock) => `Thu 2026-02-12 ${clock} CET node-3 vllm[812]: ${line}`],
  ['a container runtime', (line, clock) => `2026-02-12T${clock}.500000001+01:00 stdout F ${line}`],
  ['kubectl --prefix', (line) => `[pod/llm-7d9f/server] ${line}`],
  ['GitHub Actions', (line, clock) => `2026-02-12T${clock}.5000000Z ${line}`],
  ['CI with a clock', (line, clock) => `[${clock}] ${line}`],
  ['Ray', (line) => `(ServeReplica:app:LLM pid=28488, ip=10.0.0.4) ${line}`],
  ['colours', (line) => `\x1b[1;36m${line.replace('INFO', '\x1b[32mINFO\x1b[0m')}\x1b[0m`],
  [
    'journald round compose round colours',
    (line, clock) => `Feb 12 ${clock} node-3 docker[9]: \x1b[36mllm-1  | \x1b[0m${line}`,
  ],
  ["Python's logging", (line, clock) => `2026-02-12 ${clock},500 - __main__ - INFO - ${line}`],
];

describe('what wraps a log', () => {
  it.each(WRAPPERS)('%s changes nothing of what it says', (_name, wrap) => {
    const { phases, ...report } = reportOf(wrapped(wrap));
    expect(phases.map(({ name, within, seconds }) => [name, within, seconds])).toEqual([
      ['import', null, 7],
      ['distributed', null, 1],
      ['model', null, 14.50021],
      ['weights', 'model', 12.31],
      ['engine', null, 14.72],
      ['compile', 'engine', 7.01],
      ['graphs', 'engine', 4],
    ]);
    expect(report).toMatchObject({ ready: true, totalSeconds: 55, version: '0.15.1', starts: 1 });
  });

  it.each([
    ['2026-01-02T03:04:05.1234567Z x', 'iso', '2026-01-02T03:04:05.1234567Z'],
    ['2026-01-02 03:04:05,123 - x', 'iso', '2026-01-02 03:04:05,123'],
    ['2026-05-01 21:15:09.806 | x', 'iso', '2026-05-01 21:15:09.806'],
    ['llm-1  | 2026-01-02T03:04:05Z x', 'iso', '2026-01-02T03:04:05Z'],
    ['Nov  1 03:04:05 host unit[1]: x', 'syslog', 'Nov  1 03:04:05'],
    ['1763712253.123456 host unit[1]: x', 'unix', '1763712253.123456'],
    ['[03:04:05.250] x', 'clock', '03:04:05.250'],
    ['[pod/a/b] (Ray pid=1) 03:04:05 | x', 'clock', '03:04:05'],
  ])('%s', (line, form, text) => {
    expect(outerStamp(line)).toEqual({ form, text });
  });

  it.each([
    '',
    'x',
    'INFO 01-02 03:04:05 x',
    '[2026-01-02 03:04:05 TP0] x',
    '[01/02/2026-03:04:05] [TRT-LLM] x',
  ])('nobody has stamped %j', (line) => {
    expect(outerStamp(line)).toBeNull();
  });

  it.each([
    ['(VllmWorkerProcess pid=7) INFO', 'VllmWorkerProcess pid=7'],
    ['(VllmWorker rank=1 pid=7) INFO', 'VllmWorker rank=1 pid=7'],
    ['(EngineCore_0 pid=7) (Worker_TP1 pid=9) INFO', 'Worker_TP1 pid=9'],
    ['(RayWorkerWrapper pid=3, ip=10.0.0.2) INFO', 'RayWorkerWrapper pid=3, ip=10.0.0.2'],
    ['llm  | [2026-04-27 02:36:03 DP1 TP0] Load', ' DP1 TP0'],
    ['[06/17/2025-16:35:04] [TRT-LLM] [RANK 3] [I] x', 'RANK 3'],
    ['INFO (see the manual) x', ''],
  ])('%s is of one rank', (line, rank) => {
    expect(rankOf(line)).toBe(rank);
  });
});
