import type { Unit } from '../model.ts';

/** The y axis of a chart, in the unit of its values. */
export interface Axis {
  readonly min: number;
  readonly max: number;
  /** Between two lines of its grid. */
  readonly step: number;
}

const TICKS = 4;

/** Round lines from the least to the most, and the panel's own ends where it has them. */
export function axisOf(
  unit: Unit,
  least: number,
  most: number,
  fixed: { readonly min?: number | undefined; readonly max?: number | undefined },
): Axis {
  const low = fixed.min ?? least;
  const high = fixed.max ?? most;
  // Where everything is the same, and mostly nothing, there is a scale all the same.
  const span = high > low ? high - low : 1;
  const step = unit === 'bytes' || unit === 'Bps' ? powerOfTwo(span / TICKS) : roundStep(span / TICKS);
  // What is a hair above a line because it was added up is on that line.
  const top = fixed.max ?? Math.ceil(Math.max(high, low) / step - 1e-6) * step;
  const min = fixed.min ?? Math.floor(low / step + 1e-6) * step;
  return { min, max: top > min ? top : min + step * TICKS, step };
}

const powerOfTwo = (least: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(least)));

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 2.5, 5].find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

type Scale = readonly [factor: number, suffix: string];

const DURATIONS: readonly Scale[] = [
  [1e-6, ' µs'],
  [1e-3, ' ms'],
  [1, ' s'],
];
const BYTES: readonly Scale[] = [' B', ' KiB', ' MiB', ' GiB', ' TiB'].map((suffix, power) => [
  1024 ** power,
  suffix,
]);
const SCALES: Readonly<Record<Unit, readonly Scale[]>> = {
  s: DURATIONS,
  ms: DURATIONS.map(([factor, suffix]) => [factor * 1e3, suffix]),
  bytes: BYTES,
  Bps: BYTES.map(([factor, suffix]) => [factor, `${suffix}/s`]),
  percentunit: [[0.01, ' %']],
  short: [
    [1, ''],
    [1e3, ' k'],
    [1e6, ' M'],
  ],
  dateTimeAsIso: [[1, '']],
};

/** A value on an axis: all of one axis in the same unit, with as many decimals as its steps need. */
export function tickText(unit: Unit, value: number, { max, step }: Axis): string {
  const scales = SCALES[unit];
  const [factor, suffix] = scales.findLast(([least]) => least <= max) ?? scales[0] ?? [1, ''];
  const scaled = step / factor;
  const decimals = [0, 1, 2].find((digits) => isWhole(scaled * 10 ** digits)) ?? 3;
  return `${(value / factor).toFixed(decimals)}${suffix}`;
}

const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-6;
