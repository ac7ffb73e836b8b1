import type { FileFailure } from '../errors.ts';
import type { RawFailure, RawSurvey } from '../native/addon-types.ts';
import type { JobOptions } from '../native/job.ts';
import { lookUpFiles } from '../native/look-up-files.ts';
import { isRawFailure, toFileFailure } from '../native/system-error.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import type { RecordedFile } from './types.ts';

/** What became of a recorded file. */
export type Identified =
  | { readonly state: 'intact'; readonly file: WarmFile }
  | { readonly state: 'changed'; readonly file: WarmFile | null; readonly detail: string }
  | { readonly state: 'missing' | 'unreadable'; readonly failure: FileFailure };

/** Looks every recorded file up by its path, in the order given. Reads nothing of them. */
export async function identify(
  recorded: readonly RecordedFile[],
  options: JobOptions,
): Promise<readonly Identified[]> {
  const found = await lookUpFiles(recorded.map(pathBytes), options);
  return recorded.flatMap((file, at) => {
    const survey = found[at];
    return survey ? [compare(file, survey)] : [];
  });
}

function compare(recorded: RecordedFile, found: RawSurvey | RawFailure): Identified {
  if (isRawFailure(found)) {
    const failure = toFileFailure(found);
    if (failure.code === 'ENOENT' || failure.code === 'ENOTDIR') return { state: 'missing', failure };
    // It was a regular file once.
    const special = ['EISDIR', 'EINVAL', 'ENXIO'].includes(failure.code) && failure.syscall === 'open';
    if (special) return { state: 'changed', file: null, detail: 'it is no regular file any more' };
    return { state: 'unreadable', failure };
  }
  const { path, rawPath } = recorded;
  const { dev, ino, size } = found;
  const file: WarmFile = { path, ...(rawPath ? { rawPath } : {}), dev, ino, size };
  const detail = describeChange(recorded, found);
  return detail === null ? { state: 'intact', file } : { state: 'changed', file, detail };
}

interface Content {
  readonly ino: bigint;
  readonly size: number;
  readonly modifiedNs: bigint | null;
}

/**
 * Why two records aren't of the same bytes, in words; null where they are. The device's number isn't compared: it is given
 * out anew at every boot and mount, for overlayfs, btrfs and NFS at least. Pure.
 */
export function describeChange(was: Content, is: Content): string | null {
  if (was.ino !== is.ino) return 'another file is at its path';
  if (was.size !== is.size) return `it had ${was.size} bytes and has ${is.size}`;
  // Of a file that couldn't be opened then, nobody knows when it was written.
  if (was.modifiedNs === null || is.modifiedNs === null) return null;
  return was.modifiedNs === is.modifiedNs ? null : 'it was written since';
}
