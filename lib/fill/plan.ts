import { type Budget, cutToBudget } from '../budget/index.ts';
import type { FileFailure } from '../errors.ts';
import type { UnknownReason } from '../residency/index.ts';
import type { Measurement } from '../residency/measure.ts';
import type { WarmFile } from '../targets/index.ts';
import { extentsOfRuns, type FillExtent, missingExtents, packExtents, takeMissing } from './extents.ts';
import type { Selection } from './selection.ts';
import type { FailedFile, FillPlan, PlannedFile, SelectedParts } from './types.ts';

export interface MeasuredFile {
  readonly file: WarmFile;
  readonly measurement: Measurement;
  /** Where only parts of the file are wanted. */
  readonly selection?: Selection | undefined;
}

interface Candidate {
  readonly file: WarmFile;
  readonly size: number;
  readonly asked: number;
  readonly alreadyResident: number | null;
  readonly source: PlannedFile['source'];
  /** One file's at a time, where there may be very many. */
  readonly extents: () => readonly FillExtent[];
  readonly residentBytes: number;
  readonly missingBytes: number;
  readonly selected?: SelectedParts;
}

/** Decides what to read of measured files within a budget: whole files first, in order, then a last partial one. Pure. */
export function planFill(measured: readonly MeasuredFile[], budget: Budget, pageSize: number): FillPlan {
  const failed: FailedFile[] = [];
  const candidates: Candidate[] = [];
  for (const found of measured) {
    const candidate = toCandidate(found, pageSize);
    if ('code' in candidate) failed.push({ file: found.file, failure: candidate });
    else candidates.push(candidate);
  }
  const cut = cutToBudget(candidates, budget.allowed, pageSize);
  const files = cut.decisions.map(({ action, item, bytes }): PlannedFile => {
    const all = item.extents();
    const extents = action === 'whole' ? all : takeMissing(all, bytes);
    return {
      file: item.file,
      size: item.size,
      asked: item.asked,
      alreadyResident: item.alreadyResident,
      source: item.source,
      toRead: extents.reduce((sum, extent) => sum + extent.missing, 0),
      extents: packExtents(extents),
      ...(item.selected ? { selected: item.selected } : {}),
    };
  });
  const sum = (of: (file: PlannedFile) => number): number =>
    files.reduce((total, file) => total + of(file), 0);
  const toRead = sum((file) => file.toRead);
  return {
    files,
    failed,
    asked: sum((file) => file.asked),
    alreadyResident: sum((file) => file.alreadyResident ?? 0),
    toRead,
    leftOut: candidates.reduce((total, { missingBytes }) => total + missingBytes, 0) - toRead,
    budget,
  };
}

function toCandidate(found: MeasuredFile, pageSize: number): Candidate | FileFailure {
  const { file, measurement, selection } = found;
  if (measurement.state === 'unknown') {
    const { reason, survey } = measurement;
    // Residency that may not be asked for can still be made: everything is read, resident or not.
    const canRead = survey && (reason.code === 'not-permitted' || reason.code === 'unsupported');
    if (!canRead) return toFailure(reason);
    const { size } = survey;
    if (selection) return toSelected(file, size, null, selection);
    const extents = size > 0 ? [{ offset: 0, length: size, missing: size }] : [];
    return {
      file,
      size,
      asked: size,
      alreadyResident: null,
      source: null,
      extents: () => extents,
      residentBytes: 0,
      missingBytes: size,
    };
  }
  const { survey, source } = measurement;
  if (selection) return toSelected(file, survey.size, source, selection);
  const extents = missingExtents(survey, pageSize);
  const missingBytes = extents.reduce((sum, extent) => sum + extent.missing, 0);
  const asked = survey.dataByWindow
    ? Math.min(survey.size, survey.dataByWindow.reduce((sum, pages) => sum + pages, 0) * pageSize)
    : survey.size;
  const residentBytes = asked - missingBytes;
  return {
    file,
    size: survey.size,
    asked,
    alreadyResident: residentBytes,
    source,
    extents: () => extents,
    residentBytes,
    missingBytes,
  };
}

function toSelected(
  file: WarmFile,
  size: number,
  source: Candidate['source'],
  { ranges, asked, alreadyResident, residentOutside, missing }: Selection,
): Candidate {
  const residentBytes = alreadyResident ?? 0;
  return {
    file,
    size,
    asked,
    alreadyResident,
    source,
    extents: () => extentsOfRuns(missing),
    residentBytes,
    missingBytes: asked - residentBytes,
    selected: { ranges, residentOutside },
  };
}

function toFailure({ code, message, failure }: UnknownReason): FileFailure {
  if (failure) return failure;
  return {
    code: code === 'replaced' ? 'WARMSET_FILE_REPLACED' : 'WARMSET_UNSUPPORTED',
    syscall: undefined,
    message,
  };
}
