import type { Select } from '../fill/index.ts';
import type { JobOptions } from '../native/job.ts';
import { type Runs, toByteRuns } from '../residency/runs.ts';
import type { WarmFile, WarmSet } from '../targets/index.ts';
import { type Identified, identify } from './identify.ts';
import { readSnapshot } from './read.ts';
import type { RestoredFile } from './restore-types.ts';
import { recordedBytes } from './save.ts';
import type { RecordedFile, Snapshot } from './types.ts';

/** A recorded file, what became of it, and what is to be filled of it. */
export interface Candidate {
  readonly recorded: RecordedFile;
  readonly bytes: number | null;
  readonly found: Identified;
  /** Where there is something to fill. */
  readonly file: WarmFile | null;
}

export interface Prepared {
  readonly candidates: readonly Candidate[];
  /** The files that are as they were and of which something was resident. */
  readonly set: WarmSet;
  readonly select: Select;
}

/** Finds the recorded files again. Reads nothing of them. */
export async function prepareRestore(source: string | Snapshot, options: JobOptions): Promise<Prepared> {
  const snapshot = typeof source === 'string' ? await readSnapshot(source) : source;
  const { files, pageSize } = snapshot;
  const identified = await identify(files, options);
  const candidates = files.flatMap((recorded, index): Candidate[] => {
    const found = identified[index];
    if (!found) return [];
    const bytes = recordedBytes(recorded, pageSize);
    return [{ recorded, bytes, found, file: found.state === 'intact' && bytes ? found.file : null }];
  });
  const runs = new Map<WarmFile, Runs>();
  for (const { file, recorded } of candidates) {
    if (file && recorded.state === 'known') runs.set(file, recorded.runs);
  }
  const select: Select = (file) => {
    const recorded = runs.get(file);
    return recorded ? toByteRuns(recorded, file.size, pageSize) : null;
  };
  return { candidates, set: toSet([...runs.keys()]), select };
}

function toSet(files: readonly WarmFile[]): WarmSet {
  return {
    files,
    failures: [],
    skipped: { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 },
    size: files.reduce((sum, { size }) => sum + size, 0),
  };
}

/** The report of a file that nothing is filled of. */
export function reportUnfilled({ recorded, bytes, found }: Candidate): RestoredFile {
  const report = (state: RestoredFile['state'], detail: string | null): RestoredFile => ({
    ...nothingOf(recorded, bytes),
    state,
    detail,
    failure: 'failure' in found ? found.failure : null,
  });
  if (found.state === 'missing') return report('missing', found.failure.message);
  if (found.state === 'unreadable') return report('unreadable', found.failure.message);
  if (recorded.state === 'unknown') return report('not-recorded', recorded.reason.message);
  if (found.state === 'changed') return report('changed', found.detail);
  return { ...report('already-resident', 'nothing of it was resident'), alreadyResident: 0, residentNow: 0 };
}

/** What a file's report begins with. */
export function nothingOf(
  { path, rawPath }: RecordedFile,
  bytes: number | null,
): Omit<RestoredFile, 'state' | 'detail'> {
  return {
    path,
    ...(rawPath ? { rawPath } : {}),
    recorded: bytes,
    alreadyResident: null,
    read: 0,
    residentNow: null,
    beside: null,
    failure: null,
  };
}

/** Bytes over the files of which they are known. */
export function sumOf(files: readonly RestoredFile[], of: (file: RestoredFile) => number | null): number {
  return files.reduce((sum, file) => sum + (of(file) ?? 0), 0);
}
