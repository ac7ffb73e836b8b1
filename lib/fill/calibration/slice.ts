import { type FillExtent, unpackExtents } from '../extents.ts';
import { withExtents } from '../pass.ts';
import type { PlannedFile } from '../types.ts';

/**
 * The first files of a list, or parts of them, that together have at least `bytes` to go through, and what comes behind
 * them. Only extents of which all is missing are cut. Pure.
 */
export function sliceFiles(
  files: readonly PlannedFile[],
  bytes: number,
): { readonly head: readonly PlannedFile[]; readonly rest: readonly PlannedFile[] } {
  const head: PlannedFile[] = [];
  let wanted = bytes;
  for (const [at, planned] of files.entries()) {
    if (wanted <= 0) return { head, rest: files.slice(at) };
    const extents = unpackExtents(planned.extents);
    const length = extents.reduce((sum, extent) => sum + extent.length, 0);
    if (length <= wanted) {
      head.push(planned);
      wanted -= length;
      continue;
    }
    const { before, behind } = cutExtents(extents, wanted);
    head.push(withExtents(planned, before));
    const left = behind.length > 0 ? [withExtents(planned, behind)] : [];
    return { head, rest: [...left, ...files.slice(at + 1)] };
  }
  return { head, rest: [] };
}

function cutExtents(
  extents: readonly FillExtent[],
  bytes: number,
): { readonly before: readonly FillExtent[]; readonly behind: readonly FillExtent[] } {
  const before: FillExtent[] = [];
  let wanted = bytes;
  for (const [at, extent] of extents.entries()) {
    if (wanted <= 0) return { before, behind: extents.slice(at) };
    const { offset, length, missing } = extent;
    if (length <= wanted || missing < length) {
      before.push(extent);
      wanted -= length;
      continue;
    }
    before.push({ offset, length: wanted, missing: wanted });
    const rest = { offset: offset + wanted, length: length - wanted, missing: length - wanted };
    return { before, behind: [rest, ...extents.slice(at + 1)] };
  }
  return { before, behind: [] };
}
