import { setTimeout as delay } from 'node:timers/promises';
import { WarmsetError } from '../errors.ts';
import { readDiskstats } from '../host/index.ts';
import type { WarmFile } from '../targets/index.ts';
import { checkSeed } from './arguments.ts';
import { type DeviceReads, devicesOf, readsBetween } from './device-counters.ts';
import { probeReads, type ReadProbe } from './probe-reads.ts';
import type { ProbeReadsOptions } from './read-options.ts';

export interface WatchReadsOptions extends Omit<ProbeReadsOptions, 'durationMs' | 'count'> {
  /** All of it, milliseconds, 100 to 2,000,000. */
  readonly durationMs: number;
  /** Of one line, milliseconds, 100 to 60,000. @default 1000 */
  readonly everyMs?: number | undefined;
  /** Most reads a second, 1 to 1,000. @default 50 */
  readonly readsPerSecond?: number | undefined;
}

/** What single reads and the device's own counters said during one stretch of time. */
export interface ReadInterval {
  /** From the beginning of the watching to the end of this. */
  readonly atMs: number;
  readonly probe: ReadProbe;
  /** Reads of everybody, ours included. */
  readonly devices: readonly DeviceReads[];
}

/**
 * Reads at a low, bounded rate for a while, beside whatever else goes on, and tells after each interval how long reads
 * took. Places differ from interval to interval, and leave no page behind. A device that doesn't answer makes an interval
 * longer.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`; the signal's reason when aborted
 */
export async function* watchReads(
  files: readonly WarmFile[],
  options: WatchReadsOptions,
): AsyncGenerator<ReadInterval, void, undefined> {
  const { durationMs, everyMs = 1_000, readsPerSecond = 50, signal } = options;
  checkRange('durationMs', durationMs, 100, 2_000_000);
  checkRange('everyMs', everyMs, 100, 60_000);
  checkRange('readsPerSecond', readsPerSecond, 1, 1_000);
  const seed = checkSeed(options.seed);
  const devices = await devicesOf(files);
  const startedAt = performance.now();
  let before = await readDiskstats();
  for (let turn = 0; performance.now() - startedAt < durationMs; turn++) {
    const left = durationMs - (performance.now() - startedAt);
    const span = Math.max(1, Math.min(everyMs, left));
    const endsAt = performance.now() + span;
    const probe = await probeReads(files, {
      ...options,
      count: Math.max(1, Math.ceil((readsPerSecond * span) / 1000)),
      spacingMs: Math.max(options.spacingMs ?? 0, 1000 / readsPerSecond),
      durationMs: span,
      // Other places each time: what a device has in its own cache answers faster.
      seed: (seed + turn) % 2 ** 32,
    });
    // Small files have fewer blocks than there is time for.
    await delay(Math.max(0, endsAt - performance.now()), undefined, signal ? { signal } : {});
    const after = await readDiskstats();
    yield { atMs: performance.now() - startedAt, probe, devices: readsBetween(devices, before, after) };
    before = after;
  }
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${name} is ${String(value)}.`, {
    subject: name,
    remedy: `Use one from ${least} to ${most}.`,
  });
}
