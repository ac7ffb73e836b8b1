import type { FileFailure } from '../errors.ts';
import type { PlannedFile, Stopped, WarmedFile } from '../fill/index.ts';
import { formatBytes } from '../units.ts';
import type { RestoredFile, RestoreState } from './restore-types.ts';

type Judged = Pick<RestoredFile, 'state' | 'detail'>;

/** What would become of a file. Pure. */
export function judgePlanned(
  planned: PlannedFile | undefined,
  failure: FileFailure | null,
): Judged & Pick<RestoredFile, 'alreadyResident' | 'read' | 'failure'> {
  if (!planned) {
    const judged = failure ? judgeFailure(failure) : { state: 'incomplete' as const, detail: null };
    return { ...judged, alreadyResident: null, read: 0, failure };
  }
  const { alreadyResident, toRead } = planned;
  const left = leftOut(planned);
  const common = { alreadyResident, read: toRead, failure };
  if (left > 0) return { ...common, state: 'out-of-budget', detail: `${formatBytes(left)} are left out` };
  return { ...common, state: toRead > 0 ? 'to-restore' : 'already-resident', detail: null };
}

/** What became of a file. Pure. */
export function judgeFilled(
  planned: PlannedFile | undefined,
  { asked, read, residentNow, lost, failure }: WarmedFile,
  stopped: Stopped | null,
): Judged {
  if (failure || !planned) {
    return failure ? judgeFailure(failure) : { state: 'incomplete', detail: 'it was never planned' };
  }
  if (read < planned.toRead && stopped?.reason === 'aborted') {
    return { state: 'incomplete', detail: stopped.detail };
  }
  const left = leftOut(planned);
  if (left > 0) return { state: 'out-of-budget', detail: `${formatBytes(left)} were left out` };
  if (residentNow === null) {
    return { state: 'incomplete', detail: 'nobody can be trusted to count its pages here' };
  }
  if (residentNow < asked) {
    const detail = `${formatBytes(Math.max(lost, asked - residentNow))} are not resident any more`;
    return { state: 'incomplete', detail };
  }
  return { state: read > 0 ? 'restored' : 'already-resident', detail: null };
}

const STATES: Readonly<Record<string, RestoreState>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  WARMSET_FILE_REPLACED: 'changed',
  WARMSET_FILE_TRUNCATED: 'changed',
};

/** Something that happened since the file was looked up. */
function judgeFailure({ code, message }: FileFailure): Judged {
  return { state: STATES[code] ?? 'unreadable', detail: message };
}

function leftOut({ asked, alreadyResident, toRead }: PlannedFile): number {
  return asked - (alreadyResident ?? 0) - toRead;
}
