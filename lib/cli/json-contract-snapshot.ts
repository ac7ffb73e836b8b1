import type {
  RestoredFile,
  RestorePlan,
  RestoreResult,
  SavedSnapshot,
  SnapshotDiff,
} from '../snapshot/index.ts';
import { recordedBytes } from '../snapshot/save.ts';
import type { WarmSet } from '../targets/index.ts';
import { toNamed } from './json-contract.ts';

/** The documents of `warmset snapshot`, under the same contract as those of json-contract.ts. */

export function snapshotSaveJson(set: WarmSet, saved: SavedSnapshot): object {
  const { path, bytes, residentBytes, unknownFiles, snapshot } = saved;
  return {
    schema: 'warmset.snapshotSave/1',
    path,
    bytes,
    savedAt: snapshot.savedAt,
    pageSize: snapshot.pageSize,
    residentBytes,
    unknownFiles,
    files: snapshot.files.map((file) => ({
      ...toNamed(file),
      size: file.size,
      residentBytes: recordedBytes(file, snapshot.pageSize),
      state: file.state,
      reason: file.state === 'unknown' ? file.reason.message : null,
      ...(file.state === 'unknown' ? { reasonCode: file.reason.code, remedy: file.reason.remedy } : {}),
    })),
    failures: set.failures,
  };
}

export function snapshotPlanJson({ files, recorded, plan }: RestorePlan): object {
  return {
    schema: 'warmset.snapshotPlan/1',
    recorded,
    alreadyResident: plan.alreadyResident,
    toRead: plan.toRead,
    leftOut: plan.leftOut,
    budget: plan.budget,
    files: files.map((file) => ({ ...common(file), toRead: file.read, error: file.failure })),
  };
}

export function snapshotRestoreJson({ files, recorded, beside, fill }: RestoreResult): object {
  const { engine } = fill;
  return {
    schema: 'warmset.snapshotRestore/1',
    recorded,
    alreadyResident: fill.alreadyResident,
    read: fill.read,
    residentNow: fill.residentNow,
    beside,
    lost: fill.lost,
    lostTo: fill.lostTo,
    engine: engine.engine,
    why: engine.why,
    streams: engine.streams,
    windowBytes: engine.windowBytes,
    bytesPerSecond: fill.bytesPerSecond,
    seconds: fill.seconds,
    budget: fill.budget,
    stopped: fill.stopped,
    guard: fill.guard,
    files: files.map((file) => {
      const { read, residentNow, failure } = file;
      return { ...common(file), read, residentNow, beside: file.beside, error: failure };
    }),
  };
}

function common(file: RestoredFile): object {
  const { state, detail, recorded, alreadyResident } = file;
  return { ...toNamed(file), state, detail, recorded, alreadyResident };
}

export function snapshotDiffJson({ files, gained, lost, same, unknownFiles }: SnapshotDiff): object {
  return {
    schema: 'warmset.snapshotDiff/1',
    gained,
    lost,
    same,
    unknownFiles,
    files: files.map((file) => ({
      ...toNamed(file),
      state: file.state,
      detail: file.detail,
      gained: file.gained,
      lost: file.lost,
      same: file.same,
    })),
  };
}
