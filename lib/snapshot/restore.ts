import {
  type FillPlan,
  type PlannedFile,
  planWarm,
  type WarmedFile,
  type WarmResult,
  warm,
} from '../fill/index.ts';
import { residencyOf } from '../residency/index.ts';
import type { WarmFile } from '../targets/index.ts';
import { judgeFilled, judgePlanned } from './judge-restored.ts';
import { nothingOf, type Prepared, prepareRestore, reportUnfilled, sumOf } from './prepare-restore.ts';
import type { RestoredFile, RestoreOptions, RestorePlan, RestoreResult } from './restore-types.ts';
import type { Snapshot } from './types.ts';

/**
 * What `restoreSnapshot` would do with these options. Reads nothing of the recorded files.
 *
 * @throws as `restoreSnapshot`
 */
export async function planRestore(
  source: string | Snapshot,
  options: RestoreOptions = {},
): Promise<RestorePlan> {
  const prepared = await prepareRestore(source, options);
  const plan = await planWarm(prepared.set, { ...options, select: prepared.select });
  const planned = byFile(plan);
  const failures = new Map(plan.failed.map(({ file, failure }) => [file, failure]));
  const files = prepared.candidates.map((candidate): RestoredFile => {
    const { file, recorded, bytes } = candidate;
    if (!file) return reportUnfilled(candidate);
    return { ...nothingOf(recorded, bytes), ...judgePlanned(planned.get(file), failures.get(file) ?? null) };
  });
  return { files, recorded: sumOf(files, ({ recorded }) => recorded), plan };
}

/**
 * Makes the recorded pages resident again, within a budget, and verifies that they are. Page by page: what is read is what
 * was recorded and is missing. Files that are missing, unreadable or not as they were are results of their own.
 *
 * Aborting ends it within a window and resolves with what was done.
 *
 * @param source the path of a snapshot's file, or a snapshot
 * @throws WarmsetError `WARMSET_BAD_SNAPSHOT`, `WARMSET_BAD_ARGUMENT`, `WARMSET_UNSUPPORTED`; a system error for a file
 * that can't be read
 */
export async function restoreSnapshot(
  source: string | Snapshot,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const prepared = await prepareRestore(source, options);
  let plan: FillPlan | undefined;
  const fill = await warm(prepared.set, {
    ...options,
    select: prepared.select,
    onPlan: (made) => {
      plan = made;
      options.onPlan?.(made);
    },
  });
  const planned = plan ? byFile(plan) : new Map<WarmFile, PlannedFile>();
  const beside = await countBeside(fill, planned, options);
  const files = report(prepared, fill, planned, beside);
  return {
    files,
    recorded: sumOf(files, ({ recorded }) => recorded),
    beside: sumOf(files, (file) => file.beside),
    fill,
  };
}

function byFile({ files }: FillPlan): ReadonlyMap<WarmFile, PlannedFile> {
  return new Map(files.map((planned) => [planned.file, planned]));
}

function report(
  { candidates }: Prepared,
  fill: WarmResult,
  planned: ReadonlyMap<WarmFile, PlannedFile>,
  beside: ReadonlyMap<WarmFile, number>,
): readonly RestoredFile[] {
  const warmed = new Map<WarmFile, WarmedFile>(fill.files.map((file) => [file.file, file]));
  return candidates.map((candidate): RestoredFile => {
    const { file, recorded, bytes } = candidate;
    const result = file && warmed.get(file);
    if (!result) return reportUnfilled(candidate);
    const { alreadyResident, read, residentNow, failure } = result;
    return {
      ...nothingOf(recorded, bytes),
      ...judgeFilled(planned.get(file), result, fill.stopped),
      alreadyResident,
      read,
      residentNow,
      beside: beside.get(file) ?? null,
      failure,
    };
  });
}

/** What came in beside the recorded pages of the files that were read: resident now outside of them, and wasn't. */
async function countBeside(
  { files }: WarmResult,
  planned: ReadonlyMap<WarmFile, PlannedFile>,
  { priority }: RestoreOptions,
): Promise<ReadonlyMap<WarmFile, number>> {
  const read = files.filter((file) => file.read > 0);
  const inside = new Map(read.map(({ file, residentNow }) => [file, residentNow]));
  const beside = new Map<WarmFile, number>(
    files.filter((file) => file.read === 0 && file.residentNow !== null).map(({ file }) => [file, 0]),
  );
  // Without the signal: what was done before an abort is measured too.
  for await (const batch of residencyOf([...inside.keys()], { priority })) {
    for (const found of batch) {
      const now = inside.get(found.file) ?? null;
      const before = planned.get(found.file)?.selected?.residentOutside ?? null;
      if (found.state === 'unknown' || now === null || before === null) continue;
      beside.set(found.file, Math.max(0, found.residentBytes - now - before));
    }
  }
  return beside;
}
