import type { JobOptions } from '../native/job.ts';
import { intersectRuns, lengthOfRuns, type Runs, subtractRuns, toByteRuns } from '../residency/runs.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import { describeChange, identify } from './identify.ts';
import { takeSnapshot } from './take.ts';
import type { RecordedFile, Snapshot } from './types.ts';

export type FileDiffState =
  /** The same bytes in both. */
  | 'same'
  /** Another file at the same path, or written between: no page of one is a page of the other. */
  | 'changed'
  /** Only in the second. */
  | 'added'
  /** Only in the first. */
  | 'removed'
  /** In one of them its pages aren't known. */
  | 'unknown';

/** What became resident, and what isn't any more, of one file. Bytes; null where that isn't known. */
export interface FileDiff {
  readonly path: string;
  /** The path as bytes, only where it isn't UTF-8. */
  readonly rawPath?: Buffer;
  readonly state: FileDiffState;
  /** Why, where it is `changed` or `unknown`; otherwise null. */
  readonly detail: string | null;
  readonly gained: number | null;
  readonly lost: number | null;
  readonly same: number | null;
}

export interface SnapshotDiff {
  /** The files of the first snapshot in their order, then those that are only in the second. */
  readonly files: readonly FileDiff[];
  /** Over the files of which they are known. */
  readonly gained: number;
  readonly lost: number;
  readonly same: number;
  readonly unknownFiles: number;
}

/** What changed from one snapshot to another, file by file. Their page sizes may differ. Pure. */
export function diffSnapshots(from: Snapshot, to: Snapshot): SnapshotDiff {
  const later = new Map(to.files.map((file) => [keyOf(file), file]));
  const files = from.files.map((was) => {
    const key = keyOf(was);
    const is = later.get(key);
    later.delete(key);
    return is ? diffFile(was, from.pageSize, is, to.pageSize) : oneSided(was, from.pageSize, 'removed');
  });
  for (const is of later.values()) files.push(oneSided(is, to.pageSize, 'added'));
  const sum = (of: (file: FileDiff) => number | null): number =>
    files.reduce((total, file) => total + (of(file) ?? 0), 0);
  return {
    files,
    gained: sum(({ gained }) => gained),
    lost: sum(({ lost }) => lost),
    same: sum(({ same }) => same),
    unknownFiles: files.filter(({ state }) => state === 'unknown').length,
  };
}

/** What changed since a snapshot was taken. Reads nothing of the files. */
export async function diffWithNow(snapshot: Snapshot, options: JobOptions = {}): Promise<SnapshotDiff> {
  const found = await identify(snapshot.files, options);
  const files = snapshot.files.flatMap((recorded, index): WarmFile[] => {
    const now = found[index];
    if (!now || now.state === 'missing') return [];
    // One that can't be looked at is recorded as unknown, with the reason.
    return [('file' in now && now.file) || toWarmFile(recorded)];
  });
  return diffSnapshots(snapshot, await takeSnapshot({ files }, options));
}

function toWarmFile({ path, rawPath, dev, ino, size }: RecordedFile): WarmFile {
  return { path, ...(rawPath ? { rawPath } : {}), dev, ino, size };
}

/** By bytes: two names that look alike once shown are two names. */
function keyOf(file: RecordedFile): string {
  return Buffer.from(pathBytes(file)).toString('latin1');
}

function diffFile(was: RecordedFile, pageSize: number, is: RecordedFile, laterPageSize: number): FileDiff {
  const name = nameOf(is);
  const unknown = was.state === 'unknown' ? was : is;
  if (was.state === 'unknown' || is.state === 'unknown') {
    const detail = unknown.state === 'unknown' ? unknown.reason.message : null;
    return { ...name, state: 'unknown', detail, gained: null, lost: null, same: null };
  }
  const before = toByteRuns(was.runs, was.size, pageSize);
  const after = toByteRuns(is.runs, is.size, laterPageSize);
  const change = describeChange(was, is);
  if (change !== null) {
    const counts = { gained: lengthOfRuns(after), lost: lengthOfRuns(before), same: 0 };
    return { ...name, state: 'changed', detail: change, ...counts };
  }
  return { ...name, state: 'same', detail: null, ...compare(before, after) };
}

function compare(before: Runs, after: Runs): Pick<FileDiff, 'gained' | 'lost' | 'same'> {
  return {
    gained: lengthOfRuns(subtractRuns(after, before)),
    lost: lengthOfRuns(subtractRuns(before, after)),
    same: lengthOfRuns(intersectRuns(before, after)),
  };
}

function oneSided(file: RecordedFile, pageSize: number, state: 'added' | 'removed'): FileDiff {
  if (file.state === 'unknown') {
    const { message } = file.reason;
    return { ...nameOf(file), state: 'unknown', detail: message, gained: null, lost: null, same: null };
  }
  const bytes = lengthOfRuns(toByteRuns(file.runs, file.size, pageSize));
  const [gained, lost] = state === 'added' ? [bytes, 0] : [0, bytes];
  return { ...nameOf(file), state, detail: null, gained, lost, same: 0 };
}

function nameOf({ path, rawPath }: RecordedFile): Pick<FileDiff, 'path' | 'rawPath'> {
  return { path, ...(rawPath ? { rawPath } : {}) };
}
