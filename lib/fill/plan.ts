import { type Budget, cutToBudget } from '../budget/index.ts';
import type { FileFailure } from '../errors.ts';
import type { UnknownReason } from '../residency/index.ts';
import type { Measurement } from '../residency/measure.ts';
import type { WarmFile } from '../targets/index.ts';
import { type FillExtent, missingExtents, packExtents, takeMissing } from './extents.ts';
import type { FailedFile, FillPlan, PlannedFile } from './types.ts';

export interface MeasuredFile {
  readonly file: WarmFile;
  readonly measurement: Measurement;
}

interface Candidate {
  readonly file: WarmFile;
  readonly size: number;
  readonly asked: number;
  readonly alreadyResident: number | null;
  readonly source: PlannedFile['source'];
  readonly extents: readonly FillExtent[];
  readonly residentBytes: number;
  readonly missingBytes: number;
}

/** Decides what to read of measured files within a budget: whole files first, in order, then a last partial one. Pure. */
export function planFill(measured: readonly MeasuredFile[], budget: Budget, pageSize: number): FillPlan {
  const failed: FailedFile[] = [];
  const candidates: Candidate[] = [];
  for (const { file, measurement } of measured) {
    const candidate = toCandidate(file, measurement, pageSize);
    if ('code' in candidate) failed.push({ file, failure: candidate });
    else candidates.push(candidate);
  }
  const cut = cutToBudget(candidates, budget.allowed, pageSize);
  const files = cut.decisions.map(({ action, item, bytes }): PlannedFile => {
    const extents = action === 'whole' ? item.extents : takeMissing(item.extents, bytes);
    return {
      file: item.file,
      size: item.size,
      asked: item.asked,
      alreadyResident: item.alreadyResident,
      source: item.source,
      toRead: extents.reduce((sum, extent) => sum + extent.missing, 0),
      extents: packExtents(extents),
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

function toCandidate(file: WarmFile, measurement: Measurement, pageSize: number): Candidate | FileFailure {
  if (measurement.state === 'unknown') {
    const { reason, survey } = measurement;
    // Residency that may not be asked for can still be made: everything is read, resident or not.
    const canRead = survey && (reason.code === 'not-permitted' || reason.code === 'unsupported');
    if (!canRead) return toFailure(reason);
    const { size } = survey;
    const extents = size > 0 ? [{ offset: 0, length: size, missing: size }] : [];
    return {
      file,
      size,
      asked: size,
      alreadyResident: null,
      source: null,
      extents,
      residentBytes: 0,
      missingBytes: size,
    };
  }
  const { survey, source } = measurement;
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
    extents,
    residentBytes,
    missingBytes,
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
