import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { lengthOfRuns, toByteRuns } from '../residency/runs.ts';
import type { WarmFile } from '../targets/index.ts';
import { writeAtomically } from '../write-atomically.ts';
import { encodeBody } from './encode.ts';
import { wrapBody } from './header.ts';
import { inTurns } from './in-turns.ts';
import { type TakeOptions, takeSnapshot } from './take.ts';
import type { RecordedFile, Snapshot } from './types.ts';

const deflate = promisify(deflateRaw);

export interface SavedSnapshot {
  /** Absolute. */
  readonly path: string;
  /** Of the file that was written. */
  readonly bytes: number;
  /** Of the known files. */
  readonly residentBytes: number;
  readonly unknownFiles: number;
  readonly snapshot: Snapshot;
}

/**
 * Records which pages of a set are resident, to be restored later. The file is replaced as a whole or not at all.
 *
 * @param path of the file to write; relative to the working directory
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a set beyond the limits of the format (docs/snapshots.md); a system error
 * for a file that can't be written
 */
export async function saveSnapshot(
  set: { readonly files: readonly WarmFile[] },
  path: string,
  options: TakeOptions = {},
): Promise<SavedSnapshot> {
  const snapshot = await takeSnapshot(set, options);
  const { header, body } = await inTurns(encodeBody(snapshot), options.signal);
  const bytes = wrapBody(header, await deflate(body));
  const place = resolve(path);
  await writeAtomically(place, bytes, { signal: options.signal });
  const { files, pageSize } = snapshot;
  return {
    path: place,
    bytes: bytes.length,
    residentBytes: files.reduce((sum, file) => sum + (recordedBytes(file, pageSize) ?? 0), 0),
    unknownFiles: files.filter(({ state }) => state === 'unknown').length,
    snapshot,
  };
}

/** Bytes recorded as resident; null where that is unknown. */
export function recordedBytes(file: RecordedFile, pageSize: number): number | null {
  return file.state === 'known' ? lengthOfRuns(toByteRuns(file.runs, file.size, pageSize)) : null;
}
