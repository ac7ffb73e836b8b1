import type { DeviceReadings, Guard, GuardReadings, Verdict } from '../../../lib/guard/index.ts';

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

export interface Moment {
  readonly atMs: number;
  readonly memory?: Partial<GuardReadings['memory']>;
  readonly cgroups?: GuardReadings['cgroups'];
  readonly pressure?: Partial<GuardReadings['pressure']>;
  readonly fill?: Partial<GuardReadings['fill']>;
  readonly device?: Partial<DeviceReadings>;
  readonly devices?: readonly DeviceReadings[];
}

export const DEVICE: DeviceReadings = {
  device: '259:0',
  quietMs: [0.18, 0.2, 0.19, 0.2],
  loadedMs: [0.2, 0.21],
  othersReadsPerSecond: 0,
  averageReadMs: null,
};

/** A host at rest with 16 GiB available and a fill at 1 GiB/s, but for what is said. */
export function readings(moment: Moment): GuardReadings {
  return {
    atMs: moment.atMs,
    memory: { availableBytes: 16 * GIB, totalBytes: 24 * GIB, swapInBytes: 0, ...moment.memory },
    cgroups: moment.cgroups ?? [],
    pressure: { memory: 0, cgroupMemory: null, io: 0, cgroupIo: null, ...moment.pressure },
    fill: { readBytes: 256 * MIB, evictedBytes: 0, ...moment.fill },
    devices: moment.devices ?? [{ ...DEVICE, ...moment.device }],
  };
}

/** Shows a guard the same every 250 ms. @returns the verdicts. */
export function show(
  guard: Guard,
  fromMs: number,
  toMs: number,
  what: (atMs: number) => Omit<Moment, 'atMs'> = () => ({}),
): Verdict[] {
  const verdicts: Verdict[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += 250)
    verdicts.push(guard.observe(readings({ ...what(atMs), atMs })));
  return verdicts;
}

/** Each run of equal verdicts once: `go`, `slow others-read`. */
export function phases(verdicts: readonly Verdict[]): string[] {
  const words = verdicts.map((one) => (one.action === 'go' ? 'go' : `${one.action} ${one.reason.code}`));
  return words.filter((word, index) => word !== words[index - 1]);
}
