import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture, reportOf } from './logs.ts';

const WORDS = [
  ...readdirSync(new URL('../../../fixtures/startup', import.meta.url))
    .flatMap((name) => fixture(name.replace('.log', '')).split(/(?<=[ =:[(\n])/))
    .filter((word) => word.length > 0),
  '(',
  ')',
  '[',
  '\x1b[',
  '\r',
  '\n',
  '9'.repeat(400),
  '1.2.3',
  '-',
  ' '.repeat(500),
  'NaN',
  '1e999',
];

describe('hostile logs', () => {
  it('make nothing throw, and nothing of what is said less than nothing or infinite', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 200 }), (words) => {
        const report = reportOf(`Loading weights took 1.00 seconds\n${words.join('')}`);
        for (const { seconds } of report.phases) expect(seconds).toSatisfy((s: number) => s >= 0 && s < 1e7);
        for (const bytes of [report.modelBytes, report.kvCacheBytes, report.unattributedSeconds]) {
          if (bytes !== null) expect(bytes).toSatisfy((n: number) => n >= 0 && Number.isFinite(n));
        }
      }),
      { numRuns: 300 },
    );
  });

  // Each would take hours if any pattern went back over what it has read.
  it.each([
    ['brackets that open', '('.repeat(4000)],
    ['process names without an end', '(EngineCore pid='.repeat(250)],
    ['digits', '1'.repeat(4000)],
    ['spaces', ' '.repeat(4000)],
    ['stamps', '2026-01-01T00:00:00.000000000Z '.repeat(130)],
    ['control sequences', '\x1b['.repeat(2000)],
    ['control sequences without an end', `\x1b]${'0;'.repeat(2000)}`],
    ['names', 'a.b/c-'.repeat(600)],
    ['needles', 'Loading weights took '.repeat(190)],
    ['levels', 'INFO 01-01 00:00:0'.repeat(220)],
    ['shards', `shards: 100% ${'| '.repeat(1900)}`],
    ['cuda graphs', 'Capture a '.repeat(400)],
  ])('are read in time that grows with their length: %s', { timeout: 60_000 }, (_name, text) => {
    for (const proof of [
      'Loading weights took 1 s',
      'Load weight begin',
      '[TRT-LLM] x',
      'main: loading model',
    ]) {
      const lines = [`${text} took 1.0 s`, `Loading weights took ${text}`, `${text} Capture ${text}`];
      const log = `${proof}\n${lines.join('\n')}\n`.repeat(20);
      expect(reportOf(log).server).not.toBeNull();
    }
  });

  it('with a rank of its own on each line are held in bounds', () => {
    const lines = Array.from(
      { length: 6000 },
      (_none, at) => `(Worker_TP${at} pid=${at}) Dynamo bytecode transform time: 0.001 s\n`,
    );
    const [compile] = reportOf(`Loading weights took 1 s\n${lines.join('')}`).phases.slice(1);
    // What comes beyond 4096 ranks is counted with each other.
    expect(compile?.reports).toBeLessThanOrEqual(4097);
  });
});
