import { setTimeout as delay } from 'node:timers/promises';
import type { HostOptions } from '../../host/index.ts';
import { checkInteger } from '../arguments.ts';
import { GpuWatch } from './nvidia-smi.ts';
import { sampleHost } from './sample.ts';
import type { HostSample } from './types.ts';

export interface ProbeHostOptions extends HostOptions {
  /** From one look to the next, milliseconds, 20 to 60,000. @default 500 */
  readonly everyMs?: number | undefined;
  /** Most looks that are kept, 2 to 100,000: of more, every other one is dropped. @default 10000 */
  readonly mostSamples?: number | undefined;
  /** The program that tells of GPUs; `null` to ask none. @default 'nvidia-smi' */
  readonly nvidiaSmi?: string | null | undefined;
  /** Ends the watching: this is the way to stop, and what was seen is the result. */
  readonly signal: AbortSignal;
  readonly onSample?: ((sample: HostSample) => void) | undefined;
}

/**
 * Looks at the host again and again until the signal comes: processors, disks, page cache, major faults, pressure, GPUs.
 * The first and the last look are always part of the result.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export async function probeHost(options: ProbeHostOptions): Promise<readonly HostSample[]> {
  const { signal, nvidiaSmi = 'nvidia-smi', onSample } = options;
  const everyMs = checkInteger('everyMs', options.everyMs ?? 500, 20, 60_000);
  const most = checkInteger('mostSamples', options.mostSamples ?? 10_000, 2, 100_000);
  await using gpus = nvidiaSmi === null ? null : new GpuWatch(everyMs, nvidiaSmi);
  let samples: HostSample[] = [];
  const look = async (): Promise<void> => {
    const sample = await sampleHost(performance.now(), gpus?.latest() ?? [], options);
    samples.push(sample);
    onSample?.(sample);
  };
  await look();
  while (!signal.aborted) {
    // From one look's end to the next's beginning: on a host that is busy looks don't pile up.
    await delay(everyMs, undefined, { signal }).catch(() => {});
    if (samples.length >= most) samples = samples.filter((_, at) => at % 2 === 0);
    await look();
  }
  return samples;
}
