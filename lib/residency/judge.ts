import { filesystemName } from '../host/index.ts';
import type { RawSurvey } from '../native/addon-types.ts';
import { describeErrno } from '../native/system-error.ts';
import type { ResidencySource, UnknownReason } from './types.ts';

/**
 * The trust rules. Pure: what was seen comes in, whom to believe comes out.
 *
 * In this order: does this filesystem have a page cache to ask, may this caller ask, does the filesystem answer
 * cachestat truthfully, does mincore contradict it. docs/residency.md has the reasons.
 */

export interface Witnesses {
  /** Whether reads of the file's device were in flight after the count: cachestat counts those pages already. */
  readonly device: 'quiet' | 'busy' | 'unknown';
}

export type Judgement =
  | { readonly verdict: 'believe'; readonly source: Exclude<ResidencySource, 'nowait'> }
  /** Ask mincore, which refuses (EPERM) where the kernel makes its answers up; where `emptyIsTrue`, only in windows where cachestat saw anything. */
  | { readonly verdict: 'ask-mincore'; readonly emptyIsTrue: boolean }
  | { readonly verdict: 'unknown'; readonly reason: UnknownReason };

/**
 * The pages of these belong to another inode than the one that is opened (the layer below, a passthrough file), so
 * cachestat finds nothing. mincore follows the mapping to the real file.
 */
export const STACKED: ReadonlySet<string> = new Set(['overlayfs', 'fuse', 'ecryptfs']);

/** Memory is their storage: nothing is ever read from a device. */
const IN_MEMORY = new Set(['tmpfs', 'ramfs']);

export const KEEPS_ELSEWHERE: Readonly<Record<string, string>> = {
  zfs: 'ZFS caches in its ARC, not in the page cache. See arcstat for what it holds.',
  hugetlbfs: 'hugetlbfs files are memory themselves and always resident.',
};

/** @param counted who counted in this survey */
export function judge(survey: RawSurvey, counted: 'cachestat' | 'mincore', witnesses: Witnesses): Judgement {
  const name = filesystemName(survey.filesystem);
  const elsewhere = name === null ? undefined : KEEPS_ELSEWHERE[name];
  if (elsewhere) return unknown('no-page-cache', `The file is on ${name}.`, elsewhere);
  if (survey.dax) {
    return unknown(
      'no-page-cache',
      'The file is DAX: reads go to persistent memory.',
      'It needs no warming.',
    );
  }
  if (survey.size === 0) return { verdict: 'believe', source: counted };
  return counted === 'mincore' ? judgeMincore(survey) : judgeCachestat(survey, name, witnesses);
}

function judgeMincore({ refusal }: RawSurvey): Judgement {
  if (!refusal) return { verdict: 'believe', source: 'mincore' };
  const { code } = describeErrno(refusal.errno);
  if (code === 'EPERM') return NOT_PERMITTED;
  return unknown(
    'unsupported',
    `${refusal.syscall} answers ${code} for this file.`,
    'Kernels from 6.5 on have cachestat; a sandbox (seccomp) may hide it.',
  );
}

function judgeCachestat(survey: RawSurvey, filesystem: string | null, witnesses: Witnesses): Judgement {
  // One that nobody has heard of (aufs, shiftfs …) may be stacked too: a cachestat of 0 says nothing there.
  if (filesystem === null || STACKED.has(filesystem)) return { verdict: 'ask-mincore', emptyIsTrue: false };
  if (survey.refusal) {
    // EPERM is the kernel's own judgement of the caller, and it judges mincore alike.
    const denied = describeErrno(survey.refusal.errno).code === 'EPERM';
    return denied ? NOT_PERMITTED : { verdict: 'ask-mincore', emptyIsTrue: false };
  }
  if (survey.cached === 0 && survey.disagreed === 0) return { verdict: 'believe', source: 'cachestat' };
  const quiet = IN_MEMORY.has(filesystem) || witnesses.device === 'quiet';
  // Before 6.12.12 this answers strangers too, truthfully.
  if (quiet && survey.disagreed === 0) return { verdict: 'believe', source: 'cachestat' };
  return { verdict: 'ask-mincore', emptyIsTrue: survey.disagreed === 0 };
}

const WHO_MAY_ASK =
  "Run as the file's owner, as root, or with CAP_FOWNER, outside of user namespaces and idmapped mounts.";

const NOT_PERMITTED = unknown(
  'not-permitted',
  'The pages belong to another user and may not be written: the kernel makes its answers up.',
  WHO_MAY_ASK,
);

function unknown(code: UnknownReason['code'], message: string, remedy: string): Judgement {
  return { verdict: 'unknown', reason: { code, message, remedy } };
}
