import { chmod, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { judgeColdStart, probeHost } from '../../lib/probe/host/index.ts';
import { temporaryDirectory } from '../support/temp.ts';

/** A driver's program that says these lines again and again. */
async function fakeDriver(path: string, script: string): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

it('looks until the signal comes, from the first to the last', async () => {
  const seen: number[] = [];
  const samples = await probeHost({
    everyMs: 20,
    nvidiaSmi: null,
    signal: AbortSignal.timeout(200),
    onSample: ({ atMs }) => seen.push(atMs),
  });
  expect(samples.length).toBeGreaterThanOrEqual(3);
  expect(seen).toEqual(samples.map(({ atMs }) => atMs));
  for (const sample of samples) {
    expect(sample.cpu?.total).toBeGreaterThan(0);
    expect(sample.cached).toBeGreaterThan(0);
    expect(sample.gpus).toEqual([]);
  }
  expect(judgeColdStart(samples).totalSeconds).toBeGreaterThan(0);
});

it('few looks are kept of a long watch, the first and the last among them', async () => {
  const seen: number[] = [];
  const samples = await probeHost({
    everyMs: 20,
    mostSamples: 4,
    nvidiaSmi: null,
    signal: AbortSignal.timeout(300),
    onSample: ({ atMs }) => seen.push(atMs),
  });
  expect(seen.length).toBeGreaterThan(5);
  expect(samples.length).toBeLessThanOrEqual(4);
  expect([samples[0]?.atMs, samples.at(-1)?.atMs]).toEqual([seen[0], seen.at(-1)]);
});

it('GPUs are as the driver tells, and a driver that fails is none', async () => {
  await using directory = await temporaryDirectory('gpu');
  const good = await fakeDriver(
    directory.file('good'),
    'echo "$@" >&2; case "$*" in *--loop-ms=100*) ;; *) exit 1;; esac\n' +
      'n=0; while n=$((n+1)); do echo "1, $n, 1000, 50"; echo "0, [N/A], 1000, 7"; sleep 0.02; done',
  );
  const samples = await probeHost({ everyMs: 50, nvidiaSmi: good, signal: AbortSignal.timeout(400) });
  expect(samples.at(-1)?.gpus).toMatchObject([
    { index: 0, memoryUsed: null, utilisation: 0.07 },
    { index: 1, memoryUsed: expect.any(Number), utilisation: 0.5 },
  ]);
  for (const [name, script] of [
    ['broken', 'echo "NVIDIA-SMI has failed"; exit 9'],
    ['flood', 'head -c 3000000 /dev/zero | tr "\\0" x; sleep 60'],
    ['stubborn', 'trap "" TERM; while :; do sleep 0.05; done'],
  ] as const) {
    const driver = await fakeDriver(directory.file(name), script);
    const found = await probeHost({ everyMs: 50, nvidiaSmi: driver, signal: AbortSignal.timeout(150) });
    expect(found.at(-1)?.gpus, name).toEqual([]);
  }
  const missing = directory.file('missing');
  const found = await probeHost({ everyMs: 50, nvidiaSmi: missing, signal: AbortSignal.timeout(100) });
  expect(found.at(-1)?.gpus).toEqual([]);
});
