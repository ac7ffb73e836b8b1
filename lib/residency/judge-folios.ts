import { filesystemName } from '../host/index.ts';
import type { RawFolioSample } from '../native/addon-types.ts';
import { describeErrno } from '../native/system-error.ts';
import type { CountedFolios, EstimatedFolios, UnknownFolios, UnknownFoliosCode } from './folio-types.ts';
import { KEEPS_ELSEWHERE, STACKED } from './judge.ts';

type Judged =
  | Omit<CountedFolios, 'file'>
  | Omit<EstimatedFolios, 'file'>
  | Pick<UnknownFolios, 'state' | 'reason'>;

/** What a sample says of the layout. Pure. */
export function judgeFolios(sample: RawFolioSample, pageSize: number): Judged {
  const name = filesystemName(sample.filesystem);
  const elsewhere = name === null ? undefined : KEEPS_ELSEWHERE[name];
  if (elsewhere) return unknown('no-page-cache', `The file is on ${name}.`, elsewhere);
  if (sample.dax) {
    return unknown(
      'no-page-cache',
      'The file is DAX: reads go to persistent memory.',
      'It needs no warming.',
    );
  }
  return sample.refusal ? judgeTimings(sample, name) : judgeCounts(sample, pageSize);
}

function judgeCounts(sample: RawFolioSample, pageSize: number): Judged {
  const folios = Array.from(sample.pagesByOrder, (pages, order) => ({
    folioBytes: pageSize * 2 ** order,
    bytes: pages * pageSize,
  })).filter(({ bytes }) => bytes > 0);
  if (folios.length === 0 && sample.residentPages > 0) {
    return unknown(
      'changing',
      'Every page that was found went away before its folio was known.',
      'Ask again.',
    );
  }
  return { state: 'counted', source: 'kpageflags', folios, sampledShare: shareOf(sample) };
}

// A folio of eight pages takes as long as a single one, so a page of it an eighth.
const LARGE = 1 / 8;
const SMALL = 1 / 2;
// Of the pages: the start of a file often lies in smaller folios, and a measurement may be disturbed.
const NEARLY_ALL = 0.95;

const METHOD = 'cachestat time a page, against that of single pages of this process';

const SEE_ALL = 'Run as root with CAP_SYS_ADMIN: then /proc/kpageflags tells.';

function judgeTimings(sample: RawFolioSample, filesystem: string | null): Judged {
  const { timings, reference, untimed } = sample;
  // cachestat looks at another file's pages there, and may even find some.
  if (filesystem === null || STACKED.has(filesystem)) {
    return unknown('stacked', `cachestat can't be believed on ${filesystem ?? 'this filesystem'}.`, SEE_ALL);
  }
  if (untimed) {
    const { code } = describeErrno(untimed.errno);
    return code === 'EPERM'
      ? unknown('not-permitted', "The pages belong to another user: the kernel doesn't tell.", SEE_ALL)
      : unknown('unsupported', `${untimed.syscall} answers ${code} for this file.`, SEE_ALL);
  }
  if (reference <= 0) {
    return unknown('unsupported', 'Single pages to compare with could not be had.', SEE_ALL);
  }
  let all = 0;
  let large = 0;
  let small = 0;
  for (let index = 0; index < timings.length; index += 2) {
    const [pages = 0, nanoseconds = 0] = timings.subarray(index, index + 2);
    all += pages;
    if (nanoseconds <= reference * LARGE) large += pages;
    if (nanoseconds >= reference * SMALL) small += pages;
  }
  if (all === 0) {
    return unknown('too-few-pages', 'Too few pages are cached to tell from their timing.', SEE_ALL);
  }
  const verdict = large >= all * NEARLY_ALL ? 'large' : small >= all * NEARLY_ALL ? 'small' : 'mixed';
  const sampledShare = shareOf(sample);
  return { state: 'estimated', source: 'cachestat-timing', verdict, method: METHOD, sampledShare };
}

/** An empty file was looked at whole. */
function shareOf({ windows, sampled }: RawFolioSample): number {
  return windows === 0 ? 1 : sampled / windows;
}

function unknown(
  code: UnknownFoliosCode,
  message: string,
  remedy: string,
): Pick<UnknownFolios, 'state' | 'reason'> {
  return { state: 'unknown', reason: { code, message, remedy } };
}
