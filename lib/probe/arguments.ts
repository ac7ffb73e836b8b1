import { randomInt } from 'node:crypto';
import { WarmsetError } from '../errors.ts';

/** The addon refuses more places a job. */
export const MOST_PLACES = 65_536;

/** Refuses what isn't an integer in the range. */
export function checkInteger(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${name} is ${String(value)}.`, {
    subject: name,
    remedy: `Use an integer from ${least} to ${most}.`,
  });
}

/** A seed for {@link import('./random.ts').seededRandom}; a fresh one where none is given. */
export function checkSeed(seed: number | undefined): number {
  return seed === undefined ? randomInt(2 ** 32) : checkInteger('seed', seed, 0, 2 ** 32 - 1);
}
