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
  readonly cachestat: 'available' | 'missing' | 'blocked';
  /** Whether reads of the file's device were in flight after the count: cachestat counts those pages already. */
  readonly device: 'quiet' | 'busy' | 'unknown';
}

export type Judgement =
  | { readonly verdict: 'believe'; readonly source: Exclude<ResidencySource, 'nowait'> }
  /** Ask mincore; where `emptyIsTrue`, only in windows where cachestat saw anything. */
  | { readonly verdict: 'ask-mincore'; readonly emptyIsTrue: boolean }
  | { readonly verdict: 'unknown'; readonly reason: UnknownReason };

/**
 * The pages of these belong to another inode than the one that is opened (the layer below, a passthrough file), so
 * cachestat finds nothing. mincore follows the mapping to the real file.
 */
const STACKED = new Set(['overlayfs', 'fuse', 'ecryptfs']);

/** Memory is their storage: nothing is ever read from a device. */
const IN_MEMORY = new Set(['tmpfs', 'ramfs']);

const KEEPS_ELSEWHERE: Readonly<Record<string, string>> = {
  zfs: 'ZFS caches in its ARC, not in the page cache. See arcstat for what it holds.',
  hugetlbfs: 'hugetlbfs files are memory themselves and always resident.',
};

/** @param counted who counted in this survey */
export function judge(survey: RawSurvey, counted: 'cachestat' | 'mincore', witnesses: Witnesses): Judgement {
  const name = filesystemName(survey.filesystem);
  const filesystem = name ?? '';
  const elsewhere = KEEPS_ELSEWHERE[filesystem];
  if (elsewhere) return unknown('no-page-cache', `The file is on ${filesystem}.`, elsewhere);
  if (survey.dax) {
    return unknown(
      'no-page-cache',
      'The file is DAX: reads go to persistent memory directly.',
      'It needs no warming.',
    );
  }
  if (survey.size === 0) return { verdict: 'believe', source: counted };

  // One that nobody has heard of (aufs, shiftfs …) may be stacked too: a cachestat of 0 says nothing there.
  const stacked = name === null || STACKED.has(name);
  // mincore asks the real file below a stacked one, and write permission above says nothing about it.
  const mayAskMincore = survey.owner || (survey.writable && !stacked);
  if (counted === 'mincore' || stacked || survey.refusal) {
    return judgeWithoutCachestat(survey, counted, witnesses, stacked, mayAskMincore);
  }
  if (survey.cached === 0 && survey.disagreed === 0) return { verdict: 'believe', source: 'cachestat' };
  const quiet = IN_MEMORY.has(filesystem) || witnesses.device === 'quiet';
  // Before 6.12.12 this answers strangers too, truthfully.
  if (quiet && survey.disagreed === 0) return { verdict: 'believe', source: 'cachestat' };
  if (!mayAskMincore) {
    return unknown(
      'not-permitted',
      'Pages of it may be being read just now, and mincore, which could tell, answers only its owner.',
      "Run as the file's owner, as root, or with CAP_FOWNER; or ask when nothing is being read.",
    );
  }
  return { verdict: 'ask-mincore', emptyIsTrue: survey.disagreed === 0 };
}

function judgeWithoutCachestat(
  survey: RawSurvey,
  counted: 'cachestat' | 'mincore',
  witnesses: Witnesses,
  stacked: boolean,
  mayAskMincore: boolean,
): Judgement {
  const refusal = survey.refusal && describeErrno(survey.refusal.errno).code;
  // EPERM is cachestat's own judgement of the caller; only a sandbox that answers EPERM for every file is another.
  const deniedByKernel =
    counted === 'cachestat' && refusal === 'EPERM' && witnesses.cachestat === 'available';
  if (!mayAskMincore || deniedByKernel) {
    return unknown(
      'not-permitted',
      stacked && survey.writable
        ? 'The file lies on a stacked (or unknown) filesystem and belongs to another user: mincore would report every page resident.'
        : 'The file belongs to another user and may not be written: mincore would report every page resident.',
      "Run as the file's owner, as root, or with CAP_FOWNER.",
    );
  }
  if (counted === 'cachestat') return { verdict: 'ask-mincore', emptyIsTrue: false };
  if (survey.refusal) {
    return unknown(
      'unsupported',
      `${survey.refusal.syscall} answers ${refusal} for this file.`,
      'Kernels from 6.5 on have cachestat; a sandbox (seccomp) may hide it.',
    );
  }
  return { verdict: 'believe', source: 'mincore' };
}

function unknown(code: UnknownReason['code'], message: string, remedy: string): Judgement {
  return { verdict: 'unknown', reason: { code, message, remedy } };
}
