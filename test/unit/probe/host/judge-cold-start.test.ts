import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeColdStart } from '../../../../lib/probe/host/judge-cold-start.ts';
import type { HostSample } from '../../../../lib/probe/host/types.ts';
import type { StartupPhase } from '../../../../lib/probe/startup/types.ts';

const GIB = 2 ** 30;

interface Second {
  readonly read?: number;
  readonly cached?: number;
  readonly busy?: number;
  readonly gpuMemory?: number;
  readonly gpu?: number;
  readonly faults?: number;
}

/** Looks a second apart at a host with four processors and a GPU. */
function looks(seconds: readonly Second[]): HostSample[] {
  let [read, cached, busy, gpuMemory, faults] = [0, GIB, 0, GIB, 0];
  return [{}, ...seconds].map((second: Second, at) => {
    read += second.read ?? 0;
    cached += second.cached ?? 0;
    busy += 100 * (second.busy ?? 0);
    gpuMemory += second.gpuMemory ?? 0;
    faults += second.faults ?? 0;
    return {
      atMs: at * 1000,
      cpu: { total: at * 400, busy, waiting: 0 },
      processors: 4,
      diskReadBytes: read,
      cached,
      memAvailable: 8 * GIB,
      majorFaults: faults,
      stalledUs: { cpu: 0, io: 0, memory: 0 },
      gpus: [{ index: 0, memoryUsed: gpuMemory, memoryTotal: 80 * GIB, utilisation: second.gpu ?? 0 }],
    };
  });
}

const times = (count: number, second: Second): Second[] => Array.from({ length: count }, () => second);

test('high reads, Cached rising, GPU idle: the page cache was filled', () => {
  const verdict = judgeColdStart(
    looks([...times(6, { read: GIB, cached: GIB, faults: 100 }), ...times(2, { gpuMemory: GIB })]),
  );
  expect(verdict).toMatchObject({ verdict: 'page-cache-fill', totalSeconds: 8, overlapSeconds: 0 });
  expect(verdict.seconds).toMatchObject({ 'page-cache-fill': 6, 'host-to-device': 2 });
  expect(verdict.summary).toBe(
    '6.00 s of 8.00 s (75.0 %) went into reading files into the page cache; warming them beforehand takes this away.',
  );
  expect(verdict.evidence).toEqual(
    expect.arrayContaining([
      'Disks read 6.00 GiB, at 1.00 GiB/s while it went on; Cached rose by 6.00 GiB; 600 major faults.',
      'Memory of the GPU rose by 2.00 GiB; it was 0 % busy on average.',
    ]),
  );
});

test('reads that leave nothing in the cache went past it', () => {
  expect(judgeColdStart(looks(times(4, { read: GIB }))).verdict).toBe('direct-read');
  // A cache that is full takes in what it gives away, and major faults prove that it was read through.
  expect(judgeColdStart(looks(times(4, { read: GIB, faults: 5_000 }))).verdict).toBe('page-cache-fill');
});

test('memory of the GPU that grows without reads is a copy', () => {
  expect(judgeColdStart(looks(times(3, { gpuMemory: 4 * GIB, busy: 1 }))).verdict).toBe('host-to-device');
});

test('reads and copies at once count as reading, and are told', () => {
  const verdict = judgeColdStart(looks(times(3, { read: GIB, cached: GIB, gpuMemory: GIB })));
  expect(verdict).toMatchObject({ verdict: 'page-cache-fill', overlapSeconds: 3 });
  expect(verdict.evidence.join(' ')).toContain('at once');
});

test('busy processors are compilation only where the log says so', () => {
  const samples = looks(times(10, { busy: 1.2 }));
  expect(judgeColdStart(samples).verdict).toBe('cpu');
  const compile: StartupPhase = { name: 'compile', seconds: 7, within: null, source: 'said', reports: 1 };
  expect(judgeColdStart(samples, [compile])).toMatchObject({ verdict: 'compile' });
  expect(judgeColdStart(samples, [compile]).evidence).toContain('By the log: compile 7.00 s.');
  expect(judgeColdStart(samples, [{ ...compile, seconds: 1 }]).verdict).toBe('cpu');
});

test('a busy GPU is one, and none of these is waiting', () => {
  expect(judgeColdStart(looks(times(3, { gpu: 0.9, busy: 1 }))).verdict).toBe('gpu');
  expect(judgeColdStart(looks(times(3, {}))).verdict).toBe('waiting');
});

test('what the host does not say is not known, and nothing is nothing', () => {
  const blind = looks(times(3, { busy: 2 })).map((sample) => ({
    ...sample,
    cpu: null,
    diskReadBytes: null,
    gpus: [],
  }));
  const verdict = judgeColdStart(blind);
  expect(verdict).toMatchObject({ verdict: 'unknown', totalSeconds: 3 });
  expect(verdict.evidence.join(' ')).toMatch(/What disks were read is not known.*Of GPUs nothing is known/);
  expect(judgeColdStart([])).toMatchObject({ verdict: 'unknown', totalSeconds: 0, evidence: [] });
});

test('every second is in one occupation, whatever the readings are', () => {
  const number = fc.integer({ min: -GIB, max: 8 * GIB });
  const second = fc.record({
    read: number,
    cached: number,
    busy: fc.double({ min: 0, max: 4, noNaN: true }),
    gpuMemory: number,
  });
  fc.assert(
    fc.property(fc.array(second, { maxLength: 20 }), (seconds) => {
      const verdict = judgeColdStart(looks(seconds));
      const sum = Object.values(verdict.seconds).reduce((total, one) => total + one, 0);
      expect(sum).toBeCloseTo(seconds.length, 6);
      expect(verdict.evidence.join('')).not.toMatch(/NaN|Infinity|undefined/);
    }),
  );
});
