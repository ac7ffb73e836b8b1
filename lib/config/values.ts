/** The kinds of values that a configuration holds, each read from what YAML and the environment give. */
import { z } from 'zod';
import { WarmsetError } from '../errors.ts';
import { parseListen } from '../listen-address.ts';
import { parseDuration, parseRate, parseShare, parseSize } from '../units.ts';

/** How a value is written and shown. In memory: bytes, bytes a second, milliseconds, seconds, 0 to 1. */
export type Kind =
  | 'size'
  | 'rate'
  | 'duration'
  | 'seconds'
  | 'milliseconds'
  | 'share'
  | 'number'
  | 'words'
  | 'text'
  | 'switch'
  | 'address'
  | 'list';

/** The kind of each schema below, for whoever walks through them. */
export const KINDS = z.registry<{ readonly kind: Kind }>();

type Written = string | number;

interface Limits {
  readonly least?: number;
  readonly most?: number;
}

/** Text or a number, turned into a value by one of the library's own readers, with their words for what is wrong. */
function read<T>(kind: Kind, expected: string, parse: (written: Written) => T) {
  return z
    .union([z.number(), z.string()], { error: `expected ${expected}` })
    .transform((written, context): T => {
      try {
        return parse(written);
      } catch (error) {
        if (!WarmsetError.is(error)) throw error;
        const { message, remedy } = error;
        context.issues.push({ code: 'custom', message, input: written, params: { remedy } });
        return z.NEVER;
      }
    })
    .register(KINDS, { kind });
}

function within(value: number, { least = 0, most = Number.POSITIVE_INFINITY }: Limits, show: Show): number {
  if (value < least) throw outside(`must be at least ${show(least)}, not ${show(value)}`);
  if (value > most) throw outside(`must be at most ${show(most)}, not ${show(value)}`);
  return value;
}

type Show = (value: number) => string;

function outside(message: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_ARGUMENT', message);
}

/** Bytes. */
export function size({
  least = 1,
  multipleOf = 1,
}: {
  readonly least?: number;
  readonly multipleOf?: number;
} = {}) {
  return read('size', 'a size such as 40GiB', (written) => {
    const bytes = within(parseSize(written), { least }, (value) => `${value} B`);
    if (bytes % multipleOf === 0) return bytes;
    throw outside(`must be a multiple of the page size, at least of ${multipleOf} bytes`);
  });
}

/** Bytes a second. */
export function rate() {
  return read('rate', 'a rate such as 500MiB/s', (written) => parseRate(written));
}

const BARE_NUMBER = /^\s*\d+(?:\.\d+)?\s*$/;

/** Milliseconds; a number without a unit counts `bareMs` each. To the microsecond, so that text gives it back. */
function milliseconds(written: Written, bareMs: number): number {
  const bare = typeof written === 'string' && BARE_NUMBER.test(written) ? Number(written) : written;
  const ms = typeof bare === 'number' && bare > 0 ? parseDuration(bare * bareMs) : parseDuration(bare);
  return Math.round(ms * 1e3) / 1e3;
}

const showMs: Show = (value) => `${value / 1e3}s`;

/** Milliseconds, from text with a unit or a number of seconds. */
export function duration(limits: Limits) {
  return read('duration', 'a duration such as 30s', (written) =>
    within(milliseconds(written, 1e3), limits, showMs),
  );
}

/** For a key that names seconds: those, from text with a unit or a number of them. */
export function seconds() {
  return read('seconds', 'a duration such as 10m', (written) => milliseconds(written, 1e3) / 1e3);
}

/** For a key that names milliseconds: those, from text with a unit or a number of them. */
export function millis() {
  return read('milliseconds', 'a duration such as 0.2ms', (written) =>
    within(milliseconds(written, 1), { least: 1e-3 }, (value) => `${value}ms`),
  );
}

/** 0 to 1. */
export function share({ least = 0 }: { readonly least?: number } = {}) {
  return read('share', 'a share such as 0.5 or 50%', (written) =>
    within(parseShare(written), { least }, String),
  );
}

/** A host and a port, or a Unix socket. */
export function address() {
  return read(
    'address',
    'a host and a port such as 127.0.0.1:9464, or a socket such as unix:/run/warmset.sock',
    (written) => parseListen(String(written)),
  );
}

export function wholeNumber({ least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER }: Limits) {
  return z.int().min(least).max(most).register(KINDS, { kind: 'number' });
}

export function numberAbove(least: number) {
  return z.number().gt(least).register(KINDS, { kind: 'number' });
}

export function flag() {
  return z.boolean().register(KINDS, { kind: 'switch' });
}

export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words).register(KINDS, { kind: 'words' });
}

/** Text of a form; `form` says in words which. */
export function text(pattern: RegExp, form: string) {
  return z.string().regex(pattern, { error: form }).register(KINDS, { kind: 'text' });
}

/** Without an end of line or a zero byte it could be a name of the file system. */
export function name() {
  return text(/^[^\0]+$/, 'must not be empty or hold a zero byte');
}

export function absolutePath() {
  return text(/^\/[^\0]*$/, 'must be an absolute path');
}

export function listOf(item: z.ZodString, { least = 0 }: { readonly least?: number } = {}) {
  return z.array(item).min(least).register(KINDS, { kind: 'list' });
}
