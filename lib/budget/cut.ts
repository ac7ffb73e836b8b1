import { checkWholeNumber } from './check.ts';

/** What the cut must know of one file of the warm set. Sizes in bytes, whole numbers from 0. */
export interface CutItem {
  readonly residentBytes: number;
  readonly missingBytes: number;
}

/**
 * What the budget lets happen to one item.
 *
 * - `whole`: it fits; all of its missing bytes are to be read (0 when it is resident already).
 * - `partial`: the first that doesn't fit; `bytes` of its missing bytes are, a whole number of pages above 0.
 * - `leave`: nothing of it is to be read. What is resident stays, and counts.
 */
export type CutDecision<Item extends CutItem> =
  | { readonly action: 'whole' | 'partial'; readonly item: Item; readonly bytes: number }
  | { readonly action: 'leave'; readonly item: Item; readonly bytes: 0 };

export interface Cut<Item extends CutItem> {
  /** One for each item, in the order given. */
  readonly decisions: readonly CutDecision<Item>[];
  /** Missing bytes that are to be read. */
  readonly taken: number;
  /** Missing bytes that the budget leaves out. */
  readonly left: number;
}

/**
 * Cuts a warm set to its budget. Items come most urgent first and keep that order strictly: whole ones while they
 * fit, then the one that doesn't gets what remains, and everything after it is left even if it would fit.
 *
 * `allowed` is a ceiling on resident bytes ({@link Budget.allowed}), so what is resident, of later items too, is
 * charged before anything that is missing: nothing goes away by being left. Hence what is taken never brings the whole
 * above `allowed`, and cutting again after a fill takes nothing more. Pure.
 *
 * @param pageSize in bytes; a partial item is rounded down to it. @default 4096
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a size that is no whole number from 0 (`pageSize`: from 1).
 */
export function cutToBudget<Item extends CutItem>(
  items: readonly Item[],
  allowed: number,
  pageSize = 4096,
): Cut<Item> {
  checkWholeNumber('allowed', allowed, 'pass the allowed bytes of a computed budget');
  checkWholeNumber('pageSize', pageSize, "pass the host's page size in bytes", 1);
  items.forEach(({ residentBytes, missingBytes }, index) => {
    checkWholeNumber(`items[${index}].residentBytes`, residentBytes, 'pass a size in bytes');
    checkWholeNumber(`items[${index}].missingBytes`, missingBytes, 'pass a size in bytes');
  });
  let remaining = items.reduce((room, { residentBytes }) => Math.max(0, room - residentBytes), allowed);
  let full = false;
  let taken = 0;
  let left = 0;
  const decisions = items.map((item): CutDecision<Item> => {
    const { missingBytes } = item;
    const bytes = full ? 0 : bytesToTake(missingBytes, remaining, pageSize);
    full ||= missingBytes > remaining;
    remaining -= bytes;
    taken += bytes;
    left += missingBytes - bytes;
    if (!full) return { action: 'whole', item, bytes };
    return bytes > 0 ? { action: 'partial', item, bytes } : { action: 'leave', item, bytes: 0 };
  });
  return { decisions, taken, left };
}

function bytesToTake(missingBytes: number, remaining: number, pageSize: number): number {
  return missingBytes <= remaining ? missingBytes : remaining - (remaining % pageSize);
}
