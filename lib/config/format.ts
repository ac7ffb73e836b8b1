import { formatListen, type ListenAddress } from '../listen-address.ts';
import type { Kind } from './values.ts';

const SIZES = [
  ['PiB', 2 ** 50],
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

const DURATIONS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** A value the way it could stand in a file: read again it is exactly the same. */
export function formatValue(kind: Kind | 'off', value: unknown): string {
  if (typeof value === 'number') return formatNumber(kind, value);
  if (kind === 'address' && isAddress(value)) return quoteText(formatListen(value));
  if (Array.isArray(value)) return `[${value.map((item) => quoteText(String(item))).join(', ')}]`;
  return typeof value === 'string' ? quoteText(value) : String(value);
}

function formatNumber(kind: Kind | 'off', value: number): string {
  if (kind === 'size') return inUnits(value, SIZES, '');
  if (kind === 'rate') return `${inUnits(value, SIZES, 'B')}/s`;
  if (kind === 'duration' || kind === 'milliseconds') return inUnits(value, DURATIONS, 'ms');
  if (kind === 'seconds') return inUnits(Math.round(value * 1e6) / 1e3, DURATIONS, 'ms');
  return String(value);
}

function inUnits(
  value: number,
  units: readonly (readonly [unit: string, factor: number])[],
  least: string,
): string {
  const fitting = units.find(([, factor]) => value !== 0 && value % factor === 0);
  return fitting === undefined ? `${value}${least}` : `${value / fitting[1]}${fitting[0]}`;
}

function isAddress(value: unknown): value is ListenAddress {
  return typeof value === 'object' && value !== null && ('port' in value || 'socketPath' in value);
}

const PLAIN_WORD = /^[a-z/][\w./-]*$/i;
const OTHER_THAN_TEXT = /^(?:true|false|null)$/i;

/** JSON is YAML; what YAML or a terminal would take for more than text is escaped. */
function quoteText(text: string): string {
  if (PLAIN_WORD.test(text) && !OTHER_THAN_TEXT.test(text)) return text;
  const unsafe = /[^\x20-\x7e\xa1-\u024f\u0370-\u058f\u4e00-\u9fff\uac00-\ud7a3]/g;
  return JSON.stringify(text).replace(
    unsafe,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
