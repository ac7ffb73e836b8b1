import type { FillExtent } from './extents.ts';
import { packExtents, unpackExtents } from './extents.ts';
import type { EngineChoice, PlannedFile } from './types.ts';

/** Files to be read by one engine. */
export interface Pass {
  /** Place of the first of its files among all; the others follow. */
  readonly first: number;
  readonly files: readonly PlannedFile[];
  readonly choice: EngineChoice;
}

/**
 * Every engine but `willneed` makes the kernel read ahead of it: a few MiB past the end of what was asked for, twice
 * `read_ahead_kb` and more. Inside a file that is read whole that does no harm. Behind a budget's cut it is memory
 * that nobody allowed, so this much before the cut is read by `willneed`, which brings in what it is told to and no
 * page more.
 */
const EXACT_BYTES = 64 * 1024 * 1024;

/**
 * The passes that make a plan's files resident without going past the cut, one after the other. Pure.
 *
 * The end of the cut file comes before its beginning: read-ahead leaves marks in front of it, and whoever reads a
 * marked page, even a byte of it, sends the read-ahead on.
 */
export function toPasses(files: readonly PlannedFile[], choice: EngineChoice): readonly Pass[] {
  const cut = files.findIndex(isCut);
  const planned = files[cut];
  if (!planned || choice.engine === 'willneed') return [{ first: 0, files, choice }];
  const { bulk, end } = splitEnd(unpackExtents(planned.extents), EXACT_BYTES, choice.windowBytes);
  const exact: EngineChoice = { ...choice, engine: 'willneed', smallBytes: 0, streams: 1 };
  const passes: readonly Pass[] = [
    { first: 0, files: files.slice(0, cut), choice },
    { first: cut, files: [withExtents(planned, end)], choice: exact },
    { first: cut, files: bulk.length > 0 ? [withExtents(planned, bulk)] : [], choice },
    { first: cut + 1, files: files.slice(cut + 1), choice },
  ];
  return passes.filter((pass) => pass.files.length > 0);
}

/** Whether the budget takes only part of what a file misses. */
function isCut({ asked, alreadyResident, toRead }: PlannedFile): boolean {
  return toRead > 0 && toRead < asked - (alreadyResident ?? 0);
}

function withExtents(planned: PlannedFile, extents: readonly FillExtent[]): PlannedFile {
  const toRead = extents.reduce((sum, { missing }) => sum + missing, 0);
  return { ...planned, toRead, extents: packExtents(extents) };
}

/** The last extents that together have at least `bytes`, and what comes before them. Pure. */
export function splitEnd(
  extents: readonly FillExtent[],
  bytes: number,
  unit: number,
): { readonly bulk: readonly FillExtent[]; readonly end: readonly FillExtent[] } {
  let first = extents.length;
  let length = 0;
  while (first > 0 && length < bytes) {
    first -= 1;
    length += extents[first]?.length ?? 0;
  }
  const bulk = extents.slice(0, first);
  const end = extents.slice(first);
  const whole = end[0];
  // Which part of a half-missing extent is missing isn't known: it stays in one piece.
  const early = whole && whole.missing === whole.length ? Math.floor((length - bytes) / unit) * unit : 0;
  if (!whole || early <= 0) return { bulk, end };
  const { offset, length: rest } = whole;
  return {
    bulk: [...bulk, { offset, length: early, missing: early }],
    end: [{ offset: offset + early, length: rest - early, missing: rest - early }, ...end.slice(1)],
  };
}
