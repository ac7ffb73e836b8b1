import { type FillExtent, unpackExtents } from './extents.ts';
import { EXACT_BYTES, exactly, type Pass, withExtents } from './pass.ts';
import type { EngineChoice, PlannedFile } from './types.ts';

// The first page read by a mapping brings in pages before it, too: half a read-ahead of them, or those of the huge folio
// that it lies in. Read exactly before, this much is there already.
const BEFORE_BYTES = 8 * 1024 * 1024;
const HUGE_PAGE = 2 * 1024 * 1024;

/**
 * Splits off what must be read exactly of files of which only parts were selected: short parts whole, of long ones the
 * beginning and the end. It comes first, for the sake of the marks that read-ahead leaves. Pure.
 */
export function toExactPass(
  files: readonly PlannedFile[],
  choice: EngineChoice,
): { readonly exact: Pass; readonly files: readonly PlannedFile[] } {
  const exact: PlannedFile[] = [];
  if (choice.engine === 'willneed') return { exact: { files: exact, choice }, files };
  const rest = files.flatMap((planned) => {
    if (!hasParts(planned)) return [planned];
    const parts = unpackExtents(planned.extents).map((extent) => splitPart(extent, planned.size));
    const edges = parts.flatMap(({ edges }) => edges);
    if (edges.length === 0) return [planned];
    exact.push(withExtents(planned, edges));
    const bulk = parts.flatMap(({ bulk }) => bulk);
    return bulk.length > 0 ? [withExtents(planned, bulk)] : [];
  });
  return { exact: { files: exact, choice: exactly(choice) }, files: rest };
}

/** Whether there is something beside what was asked for. */
export function hasParts({ size, selected }: PlannedFile): boolean {
  const [offset, length = 0] = selected?.ranges ?? [0, size];
  return offset !== 0 || length < size;
}

/** What of a part lies at its edges, and what far enough from them. The file's own ends are none. Pure. */
export function splitPart(
  { offset, length }: FillExtent,
  size: number,
): { readonly edges: readonly FillExtent[]; readonly bulk: readonly FillExtent[] } {
  const end = offset + length;
  const from = offset === 0 ? 0 : Math.ceil((offset + BEFORE_BYTES) / HUGE_PAGE) * HUGE_PAGE;
  const to = end >= size ? end : Math.floor((end - EXACT_BYTES) / HUGE_PAGE) * HUGE_PAGE;
  if (from >= to) return { edges: [extent(offset, end)], bulk: [] };
  return {
    edges: [extent(offset, from), extent(to, end)].filter((edge) => edge.length > 0),
    bulk: [extent(from, to)],
  };
}

function extent(begin: number, end: number): FillExtent {
  return { offset: begin, length: end - begin, missing: end - begin };
}
