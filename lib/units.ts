/**
 * Sizes, rates, durations and shares as people write and read them.
 *
 * Parsing is exact (decimal digits are scaled as integers, never through a float) and refuses what it can't
 * read with a {@link WarmsetError} that says what to write instead. Formatting never claims more than it was
 * given: nothing but a complete share prints as 100 %, nothing but an empty one as 0 %.
 */
import { WarmsetError } from './errors.ts';

/** The largest size accepted: 8 PiB, the last integer up to which every byte count is exact in a Number. */
export const MAX_BYTES = 2 ** 53;

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;
const SIZE_REMEDY = 'write a number with a unit (B, KiB, MiB, GiB, TiB, PiB), such as 40GiB';
const RATE_REMEDY = 'write a size per second, such as 500MiB/s';
const DURATION_REMEDY = 'write a number with a unit (ms, s, min, h, d), such as 30s';
const SHARE_REMEDY = 'write a percentage such as 30% or a fraction such as 0.3';

function refuse(kind: string, input: string | number, why: string, remedy: string, name?: string): never {
  const shown = typeof input === 'number' ? String(input) : JSON.stringify(input);
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${shown} is not a ${kind}: ${why}`, {
    subject: name ?? String(input),
    remedy,
  });
}

function bytesPerUnit(unit: string): bigint | undefined {
  const match = /^(?:([kmgtp])(ib?|b)?|b?)$/.exec(unit.toLowerCase());
  if (match === null) return undefined;
  const power = BigInt(' kmgtp'.indexOf(match[1] ?? ' '));
  return (match[2] === 'b' ? 1000n : 1024n) ** power;
}

/** `digits × factor` without rounding on the way: the whole part, and whether anything is left over. */
function scale(digits: string, factor: bigint): { readonly whole: bigint; readonly exact: boolean } {
  const [integer = '', fraction = ''] = digits.split('.');
  const scaled = BigInt(`0${integer}${fraction}`) * factor;
  const divisor = 10n ** BigInt(fraction.length);
  return { whole: scaled / divisor, exact: scaled % divisor === 0n };
}

function parseBytes(input: string | number, kind: string, remedy: string, name?: string): number {
  const text = typeof input === 'number' ? plainDigits(input) : input.trim();
  const match = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)$/i.exec(text);
  if (match === null) {
    const unit = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)\s*(\p{L}.*)$/u.exec(text)?.[1];
    const why = unit === undefined ? 'expected a number' : `the unit ${JSON.stringify(unit)} is unknown`;
    return refuse(kind, input, text === '' ? 'it is empty' : why, remedy, name);
  }
  const [, sign, digits = '', unit = ''] = match;
  const factor = bytesPerUnit(unit);
  if (factor === undefined)
    return refuse(kind, input, `the unit ${JSON.stringify(unit)} is unknown`, remedy, name);
  const { whole, exact } = scale(digits, factor);
  if (sign === '-' && (whole > 0n || !exact)) return refuse(kind, input, 'it is negative', remedy, name);
  // 0.3GiB is 322122547.2 bytes, and whoever writes it means a limit: rounding down keeps it one.
  if (!exact && (factor === 1n || whole === 0n))
    return refuse(kind, input, 'a byte has no fractions', remedy, name);
  if (whole > BigInt(MAX_BYTES)) return refuse(kind, input, 'it is more than 8 PiB', remedy, name);
  return Number(whole);
}

/** A number's digits without the exponent that `String(1e21)` and `String(1e-7)` have; NaN stays a word. */
function plainDigits(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20);
}

/**
 * Bytes from `40GiB`, `1.5G`, `512MB` or a plain number. `K`…`P`, `Ki`…`Pi` and `KiB`…`PiB` count in 1024s,
 * `KB`…`PB` in 1000s; case doesn't matter. A fraction of a unit that isn't whole bytes is rounded down.
 *
 * @param name What the value is for (`--max-bytes`); becomes the error's subject.
 */
export function parseSize(input: string | number, name?: string): number {
  return parseBytes(input, 'size', SIZE_REMEDY, name);
}

/** Bytes per second from `500MiB/s`; the `/s` may be left out. Zero is refused: it would never finish. */
export function parseRate(input: string | number, name?: string): number {
  const text = typeof input === 'number' ? input : input.replace(/\s*\/\s*s(ec)?\s*$/i, '');
  const rate = parseBytes(text, 'rate', RATE_REMEDY, name);
  if (rate === 0) return refuse('rate', input, 'nothing would ever be read', RATE_REMEDY, name);
  return rate;
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1e3,
  sec: 1e3,
  m: 6e4,
  min: 6e4,
  h: 3.6e6,
  d: 8.64e7,
};

/** Milliseconds from `250ms`, `30s`, `10m`, `1h30m`, `3 min 20 s`. A plain number type is milliseconds; a bare string isn't. */
export function parseDuration(input: string | number, name?: string): number {
  const wrong = (why: string) => refuse('duration', input, why, DURATION_REMEDY, name);
  if (typeof input === 'number') {
    if (!Number.isFinite(input)) return wrong('expected a finite number of milliseconds');
    return input < 0 ? wrong('it is negative') : input;
  }
  const text = input.trim().toLowerCase();
  if (text === '0') return 0;
  if (text === '') return wrong('it is empty');
  if (/^-\s*[\d.]/.test(text)) return wrong('it is negative');
  if (/^[\d.]+$/.test(text)) return wrong('the unit is missing');
  let total = 0;
  let rest = text;
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?|\.\d+)\s*([^\d\s.]+)\s*/.exec(rest);
    if (match === null) return wrong('expected a number and a unit');
    const [whole, digits = '', unit = ''] = match;
    const factor = Object.hasOwn(MILLISECONDS, unit) ? MILLISECONDS[unit] : undefined;
    if (factor === undefined) return wrong(`the unit ${JSON.stringify(unit)} is unknown`);
    total += Number(digits) * factor;
    rest = rest.slice(whole.length);
  }
  return total <= Number.MAX_SAFE_INTEGER ? total : wrong('it is too long');
}

/** A share between 0 and 1 from `30%` or `0.3`. A bare `30` is refused instead of guessed at. */
export function parseShare(input: string | number, name?: string): number {
  const wrong = (why: string, remedy = SHARE_REMEDY) => refuse('share', input, why, remedy, name);
  const text = String(input).trim();
  const match = /^(-?(?:\d+(?:\.\d*)?|\.\d+)(?:e-?\d+)?)\s*(%?)$/i.exec(text);
  if (match === null) return wrong(text === '' ? 'it is empty' : 'expected a number');
  const percent = match[2] === '%';
  const share = Number(match[1]) / (percent ? 100 : 1);
  if (share < 0) return wrong('it is negative');
  if (share <= 1) return share;
  if (percent || share > 100) return wrong('it is more than the whole');
  return wrong('it is more than the whole', `write ${text}% if a percentage is meant`);
}

function significant(value: number): string {
  return value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
}

function binaryPower(bytes: number): number {
  let power = 0;
  // 1023.5 and not 1024: what would round to "1024 MiB" is "1.00 GiB".
  for (let left = bytes; left >= 1023.5 && power < BINARY_UNITS.length - 1; left /= 1024) power += 1;
  return power;
}

/** Bytes with three significant digits in 1024s: `512 B`, `1.00 GiB`. What isn't a finite number is `unknown`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'unknown';
  if (bytes < 0) return `-${formatBytes(-bytes)}`;
  const power = binaryPower(bytes);
  if (power === 0) return bytes > 0 && bytes < 1 ? '<1 B' : `${Math.round(bytes)} B`;
  return `${significant(bytes / 1024 ** power)} ${BINARY_UNITS[power]}`;
}

/** A part of a whole in the whole's unit, `24.8 / 40.0 GiB`, the part rounded down. */
export function formatBytesOf(part: number, whole: number): string {
  const shown = formatBytes(whole);
  const [digits = '', unit = ''] = shown.split(' ');
  if (!Number.isFinite(part) || unit === '') return `${formatBytes(part)} / ${shown}`;
  if (part === whole) return `${digits} / ${shown}`;
  const decimals = digits.split('.')[1]?.length ?? 0;
  const scaled = part / 1024 ** binaryPower(whole);
  const floored = (Math.floor(scaled * 10 ** decimals) / 10 ** decimals).toFixed(decimals);
  return `${floored} / ${shown}`;
}

/** Bytes per second: `2.31 GiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return Number.isFinite(bytesPerSecond) ? `${formatBytes(bytesPerSecond)}/s` : 'unknown';
}

function small(value: number, unit: string): string {
  return `${value >= 9.995 ? Math.round(value) : value.toFixed(2)} ${unit}`;
}

/**
 * A duration in the unit that a person would use: `12 µs`, `850 ms`, `1.25 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
 *
 * @param options.ascii Writes `us` for `µs`, where the output may not be UTF-8.
 */
export function formatDuration(ms: number, options: { readonly ascii?: boolean } = {}): string {
  if (!Number.isFinite(ms)) return 'unknown';
  if (ms < 0) return `-${formatDuration(-ms, options)}`;
  if (ms === 0) return '0 s';
  if (ms < 0.9995) return small(ms * 1e3, options.ascii === true ? 'us' : 'µs');
  if (ms < 999.5) return small(ms, 'ms');
  if (ms < 59_500) return small(ms / 1e3, 's');
  const [major, minor, size, unit] =
    ms < 3_599_500
      ? (['min', 's', 60, 1e3] as const)
      : ms < 86_370_000
        ? (['h', 'min', 60, 6e4] as const)
        : (['d', 'h', 24, 3.6e6] as const);
  const rounded = Math.round(ms / unit);
  const rest = rounded % size;
  return `${Math.floor(rounded / size)} ${major}${rest === 0 ? '' : ` ${rest} ${minor}`}`;
}

/** A share as a percentage that never rounds to an end it hasn't reached: `50.0 %`, `99.9 %`, `<0.1 %`, `100 %`. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return 'unknown';
  if (share === 0) return '0 %';
  if (share === 1) return '100 %';
  if (share > 0 && share < 0.001) return '<0.1 %';
  if (share > 0.999 && share < 1) return '99.9 %';
  return `${(share * 100).toFixed(1)} %`;
}

/** A count with thousands separated: `1,234,567`. */
export function formatCount(count: number | bigint): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
