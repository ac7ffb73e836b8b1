import { type Budget, cutToBudget } from '../budget/index.ts';
import type { FileFailure } from '../errors.ts';
import type { RawSurvey } from '../native/addon-types.ts';
import type { UnknownReason } from '../residency/index.ts';
import type { Measurement } from '../residency/measure.ts';
import type { WarmFile } from '../targets/index.ts';
import {
  extentsOfRuns,
  type FillExtent,
  missingExtents,
  packExtents,
  takeMissing,
  unpackExtents,
} from './extents.ts';
import type { Selection } from './selection.ts';
import type { FailedFile, FillPlan, PlannedFile } from './types.ts';

export interface MeasuredFile {
  readonly file: WarmFile;
  readonly measurement: Measurement;
  /** Where only parts of the file are wanted. */
  readonly selection?: Selection | undefined;
}

/** What one measured file misses: all of it to be read, as if there were no budget. Pure. */
export function assess(
  { file, measurement, selection }: MeasuredFile,
  pageSize: number,
): PlannedFile | FailedFile {
  if (measurement.state === 'unknown') return assessUnknown(file, measurement, selection, pageSize);
  const { survey, source } = measurement;
  if (selection) return assessSelected(file, survey.size, source, selection);
  const extents = missingExtents(survey, pageSize);
  const toRead = extents.reduce((sum, extent) => sum + extent.missing, 0);
  const asked = dataBytes(survey, pageSize);
  return {
    file,
    size: survey.size,
    asked,
    alreadyResident: asked - toRead,
    source,
    toRead,
    extents: packExtents(extents),
  };
}

function dataBytes({ size, dataByWindow }: RawSurvey, pageSize: number): number {
  if (!dataByWindow) return size;
  return Math.min(size, dataByWindow.reduce((sum, pages) => sum + pages, 0) * pageSize);
}

function assessUnknown(
  file: WarmFile,
  { reason, survey }: Extract<Measurement, { readonly state: 'unknown' }>,
  selection: Selection | undefined,
  pageSize: number,
): PlannedFile | FailedFile {
  // Residency that may not be asked for can still be made: everything but holes is read, resident or not.
  const canRead = survey && (reason.code === 'not-permitted' || reason.code === 'unsupported');
  if (!canRead) return { file, failure: toFailure(reason) };
  const { size } = survey;
  if (selection) return assessSelected(file, size, null, selection);
  const extents = dataExtents(survey, pageSize);
  const toRead = extents.reduce((sum, { missing }) => sum + missing, 0);
  return {
    file,
    size,
    asked: toRead,
    alreadyResident: null,
    source: null,
    toRead,
    extents: packExtents(extents),
  };
}

/** All of a file's data, as if none were resident. */
function dataExtents(survey: RawSurvey, pageSize: number): FillExtent[] {
  const { size, dataByWindow } = survey;
  if (size === 0) return [];
  if (!dataByWindow) return [{ offset: 0, length: size, missing: size }];
  const cachedByWindow = new Uint32Array(dataByWindow.length);
  return missingExtents({ ...survey, cached: 0, tailCached: false, cachedByWindow }, pageSize);
}

function assessSelected(
  file: WarmFile,
  size: number,
  source: PlannedFile['source'],
  { ranges, asked, alreadyResident, residentOutside, missing }: Selection,
): PlannedFile {
  const toRead = asked - (alreadyResident ?? 0);
  const extents = packExtents(extentsOfRuns(missing));
  return {
    file,
    size,
    asked,
    alreadyResident,
    source,
    toRead,
    extents,
    selected: { ranges, residentOutside },
  };
}

/** Decides what to read of assessed files within a budget: whole files first, in order, then a last partial one. Pure. */
export function planFill(
  assessed: readonly (PlannedFile | FailedFile)[],
  budget: Budget,
  pageSize: number,
): FillPlan {
  const candidates = assessed.filter((file): file is PlannedFile => !('failure' in file));
  const failed = assessed.filter((file): file is FailedFile => 'failure' in file);
  const files = cutFiles(candidates, budget.allowed, pageSize);
  const toRead = sum(files, (file) => file.toRead);
  return {
    files,
    failed,
    asked: sum(files, (file) => file.asked),
    alreadyResident: sum(files, (file) => file.alreadyResident ?? 0),
    toRead,
    leftOut: sum(candidates, (file) => file.toRead) - toRead,
    budget,
  };
}

function cutFiles(
  candidates: readonly PlannedFile[],
  allowed: number,
  pageSize: number,
): readonly PlannedFile[] {
  const items = candidates.map((file) => ({
    residentBytes: file.alreadyResident ?? 0,
    missingBytes: file.toRead,
    file,
  }));
  return cutToBudget(items, allowed, pageSize).decisions.map(({ action, item: { file }, bytes }) => {
    if (action === 'whole') return file;
    const extents = takeMissing(unpackExtents(file.extents), bytes);
    return { ...file, toRead: sum(extents, ({ missing }) => missing), extents: packExtents(extents) };
  });
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function toFailure({ code, message, failure }: UnknownReason): FileFailure {
  if (failure) return failure;
  return {
    code: code === 'replaced' ? 'WARMSET_FILE_REPLACED' : 'WARMSET_UNSUPPORTED',
    syscall: undefined,
    message,
  };
}
