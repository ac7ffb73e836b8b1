import { WarmsetError } from '../errors.ts';

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` unless `value` is a whole number from `least` to 2^53 − 1. */
export function checkWholeNumber(name: string, value: number, remedy: string, least = 0): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw badArgument(name, `a whole number from ${least} to ${Number.MAX_SAFE_INTEGER}`, value, remedy);
}

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` unless `value` lies from 0 to 1. */
export function checkFraction(name: string, value: number): void {
  if (typeof value === 'number' && value >= 0 && value <= 1) return;
  throw badArgument(name, 'a number from 0 to 1', value, 'pass a share such as 0.5 for one half');
}

function badArgument(name: string, expected: string, value: unknown, remedy: string): WarmsetError {
  const received = typeof value === 'string' ? `the string '${value}'` : String(value);
  return new WarmsetError('WARMSET_BAD_ARGUMENT', `expected ${expected} for ${name}, received ${received}`, {
    subject: name,
    remedy,
  });
}
