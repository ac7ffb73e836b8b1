import { WarmsetError } from '../errors.ts';
import type { GuardOptions } from './types.ts';

export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;

/** {@link GuardOptions} with their defaults; `null` where the default is measured. Units as there. */
export interface GuardLimits {
  readonly memoryFall: number;
  readonly memoryFloorBytes: number | null;
  readonly cgroupFloorBytes: number | null;
  readonly memoryPressure: number;
  readonly ioPressure: number;
  readonly readLatencyFactor: number;
  readonly baselineReadMs: number | null;
  readonly baselineAvailableBytes: number | null;
  readonly floorBytesPerSecond: number | null;
  readonly ceilingBytesPerSecond: number | null;
  readonly blindBytesPerSecond: number | null;
  readonly stopAfterSeconds: number | null;
}

interface Range {
  readonly words: string;
  readonly holds: (value: number) => boolean;
}

const SHARE: Range = { words: 'a number from 0 to 1', holds: (value) => value >= 0 && value <= 1 };
const BYTES: Range = { words: 'a number of bytes from 0', holds: (value) => value >= 0 };
const RATE: Range = { words: 'bytes a second, 1 or more', holds: (value) => value >= 1 };
const ABOVE_ONE: Range = { words: 'a number above 1', holds: (value) => value > 1 };
const POSITIVE: Range = { words: 'a number above 0', holds: (value) => value > 0 };

function check(name: keyof GuardOptions, value: number | undefined, range: Range): number | null {
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isFinite(value) && range.holds(value)) return value;
  throw new WarmsetError(
    'WARMSET_BAD_ARGUMENT',
    `expected ${range.words} for ${name}, received ${String(value)}`,
    { subject: name, remedy: 'pass a value in that range, or leave it out for the default' },
  );
}

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` for an option that is out of range or no finite number. */
export function resolveOptions(options: GuardOptions): GuardLimits {
  const read = (name: keyof GuardOptions, range: Range) => check(name, options[name], range);
  const limits: GuardLimits = {
    memoryFall: read('memoryFall', SHARE) ?? 0.2,
    memoryFloorBytes: read('memoryFloorBytes', BYTES),
    cgroupFloorBytes: read('cgroupFloorBytes', BYTES),
    memoryPressure: read('memoryPressure', SHARE) ?? 0.1,
    ioPressure: read('ioPressure', SHARE) ?? 0.4,
    readLatencyFactor: read('readLatencyFactor', ABOVE_ONE) ?? 2,
    baselineReadMs: read('baselineReadMs', POSITIVE),
    baselineAvailableBytes: read('baselineAvailableBytes', BYTES),
    floorBytesPerSecond: read('floorBytesPerSecond', RATE),
    ceilingBytesPerSecond: read('ceilingBytesPerSecond', RATE),
    blindBytesPerSecond: read('blindBytesPerSecond', RATE),
    stopAfterSeconds: read('stopAfterSeconds', POSITIVE),
  };
  const { floorBytesPerSecond: floor, ceilingBytesPerSecond: ceiling } = limits;
  if (floor !== null && ceiling !== null && floor > ceiling) {
    throw new WarmsetError(
      'WARMSET_BAD_ARGUMENT',
      `floorBytesPerSecond (${floor}) is above ceilingBytesPerSecond (${ceiling})`,
      { subject: 'floorBytesPerSecond', remedy: 'pass a floor that is no higher than the ceiling' },
    );
  }
  return limits;
}
