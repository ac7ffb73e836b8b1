import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStartupLog, StartupLog, type StartupReport } from '../../../../lib/probe/startup/index.ts';
import { fixture, phasesOf, reportOf } from './logs.ts';

const NAMES = readdirSync(new URL('../../../fixtures/startup', import.meta.url)).map((name) =>
  name.replace('.log', ''),
);

/** What a log may hold beside the lines that matter. */
const NOISE = [
  Buffer.alloc(70_000, 'long '),
  Buffer.from([0xff, 0xfe, 0x80, 0x0a]),
  Buffer.from('\r 50%|█████     | 1/2\r100%|██████████| 2/2\n'),
  Buffer.from('\x1b[0;36m\x1b[K\n\r\n\n'),
  Buffer.from('no end '.repeat(600)),
];

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

function inPieces(pieces: readonly Buffer[]): StartupReport {
  const log = new StartupLog();
  for (const piece of pieces) log.write(piece);
  log.end();
  return log.report();
}

describe('a log in pieces', () => {
  it('says the same however it is cut', () => {
    const noise = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...NOISE)), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        noise,
        fc.array(fc.nat(), { maxLength: 12 }),
        (name, odd, cuts) => {
          const lines = fixture(name)
            .split(/(?<=\n)/)
            .map((line) => Buffer.from(line));
          for (const [at, bytes] of odd) lines.splice(at % lines.length, 0, bytes);
          const whole = Buffer.concat(lines);
          expect(inPieces(split(whole, cuts))).toEqual(reportOf(whole));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('says the same byte by byte', () => {
    const whole = Buffer.from(fixture('vllm-2026-ray'));
    const bytes = Array.from(whole, (_byte, at) => whole.subarray(at, at + 1));
    expect(inPieces(bytes)).toEqual(reportOf(whole));
  });

  it('passes over a line that is too long, and goes on behind it', () => {
    const long = `Loading weights took 99.00 seconds ${'x'.repeat(1 << 16)}`;
    const log = `${long}\nModel loading took 1.00 GiB and 2.00 seconds\n${long}`;
    expect(phasesOf(reportOf(log))).toEqual({ model: 2 });
    expect(phasesOf(inPieces(split(Buffer.from(log), [5, 70_000])))).toEqual({ model: 2 });
  });

  it('reads lines that end in CR LF, and a last one without an end', () => {
    const log = fixture('vllm-v0');
    expect(reportOf(log.replaceAll('\n', '\r\n'))).toEqual(reportOf(log));
    expect(reportOf(log.trimEnd())).toEqual(reportOf(log));
  });

  it('finds what stands behind a progress bar on the same line', () => {
    const log = '\rshards: 5%\rshards: 50%\rINFO 01-01 00:00:00 Loading weights took 4.50 seconds\n';
    expect(phasesOf(reportOf(log))).toEqual({ weights: 4.5 });
    expect(reportOf(log).lines).toBe(1);
  });

  it('reads a stream of strings and of bytes, and stops at ready where asked', async () => {
    const log = fixture('ollama');
    async function* twice() {
      yield log;
      yield Buffer.from(log);
    }
    expect(await parseStartupLog(twice())).toMatchObject({ starts: 2, ready: true });
    expect(await parseStartupLog(twice(), { untilReady: true })).toMatchObject({ starts: 1, ready: true });
  });

  it('ends with what is known when the signal says so', async () => {
    const controller = new AbortController();
    async function* endless() {
      for (;;) yield 'Loading weights took 1.00 seconds\n';
    }
    const report = await parseStartupLog(endless(), {
      signal: controller.signal,
      onEvent: () => controller.abort(),
    });
    expect(phasesOf(report)).toEqual({ weights: 1 });
  });
});
