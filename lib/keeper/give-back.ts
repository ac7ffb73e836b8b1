import type { Allotment } from './allot.ts';
import type { MeasuredFile, MeasuredSet } from './measure-sets.ts';

export interface GiveBack {
  readonly set: MeasuredSet;
  readonly file: MeasuredFile;
}

/**
 * Which files less urgent sets give back so that more urgent ones have room: the least urgent file of the least urgent
 * set first, only of sets that have more than they are allowed, and only files that the keeper itself has brought in.
 * Whole files, so a little more than was claimed may go. Pure.
 *
 * @param sets most urgent first
 */
export function chooseGiveBack(
  sets: readonly MeasuredSet[],
  allotments: readonly Allotment[],
  claimedBytes: number,
  broughtIn: (set: MeasuredSet, file: MeasuredFile) => boolean,
): readonly GiveBack[] {
  const chosen: GiveBack[] = [];
  let left = claimedBytes;
  for (let index = sets.length - 1; index >= 0; index -= 1) {
    const set = sets[index];
    let surplus = allotments[index]?.surplusBytes ?? 0;
    if (!set) continue;
    for (const file of set.files.toReversed()) {
      if (left <= 0 || surplus <= 0) break;
      const bytes = file.residentBytes ?? 0;
      if (bytes === 0 || !broughtIn(set, file)) continue;
      chosen.push({ set, file });
      left -= bytes;
      surplus -= bytes;
    }
  }
  return chosen;
}
