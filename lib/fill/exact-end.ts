import { hasParts, toExactPass } from './exact-parts.ts';
import { type FillExtent, unpackExtents } from './extents.ts';
import { EXACT_BYTES, exactly, type Pass, withExtents } from './pass.ts';
import type { EngineChoice, PlannedFile } from './types.ts';

/**
 * The passes that make a plan's files resident without going past the cut, one after the other. Pure.
 *
 * The end of the cut file comes before its beginning: read-ahead leaves marks in front of it, and whoever reads a
 * marked page, even a byte of it, sends the read-ahead on.
 */
export function toPasses(planned: readonly PlannedFile[], choice: EngineChoice): readonly Pass[] {
  const { exact, files } = toExactPass(planned, choice);
  return [...(exact.files.length > 0 ? [exact] : []), ...toCutPasses(files, choice)];
}

function toCutPasses(files: readonly PlannedFile[], choice: EngineChoice): readonly Pass[] {
  if (files.length === 0) return [];
  const cut = files.findIndex(isCut);
  const planned = files[cut];
  if (!planned || choice.engine === 'willneed') return [{ files, choice }];
  const { bulk, end } = splitEnd(unpackExtents(planned.extents), EXACT_BYTES, choice.windowBytes);
  const exact = { ...exactly(choice), streams: 1 };
  const passes: readonly Pass[] = [
    { files: files.slice(0, cut), choice },
    { files: [withExtents(planned, end)], choice: exact },
    { files: bulk.length > 0 ? [withExtents(planned, bulk)] : [], choice },
    { files: files.slice(cut + 1), choice },
  ];
  return passes.filter((pass) => pass.files.length > 0);
}

/** Whether the budget takes only part of what a file misses. Selected parts have exact ends already. */
function isCut(planned: PlannedFile): boolean {
  const { asked, alreadyResident, toRead } = planned;
  return !hasParts(planned) && toRead > 0 && toRead < asked - (alreadyResident ?? 0);
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
