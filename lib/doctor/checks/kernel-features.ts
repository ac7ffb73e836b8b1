import { atLeast, parseKernelRelease } from '../../host/index.ts';
import type { Support } from '../../native/index.ts';
import { type Finding, note, ok, problem, warning } from '../finding.ts';
import type { Readings } from '../readings.ts';

interface Call {
  readonly key: 'cachestat' | 'populateRead' | 'nowaitReads' | 'ioPriority';
  readonly id: string;
  /** What the call is called, and since when the kernel has it. */
  readonly name: string;
  readonly since: string;
  /** What seccomp calls it. */
  readonly syscall: string;
  readonly with: string;
  readonly without: string;
  /** How much its absence costs. */
  readonly absence: typeof note;
}

const CALLS: readonly Call[] = [
  {
    key: 'cachestat',
    id: 'cachestat',
    name: 'cachestat',
    since: '6.5',
    syscall: 'cachestat',
    with: 'residency of a whole file in one call',
    without:
      'residency is counted by mincore, page by page: slower, and only for files that the caller owns or may write',
    absence: note,
  },
  {
    key: 'populateRead',
    id: 'populate-read',
    name: 'MADV_POPULATE_READ',
    since: '5.14',
    syscall: 'madvise',
    with: 'fills copy nothing and get huge folios where the filesystem has them',
    without:
      'fills go by sendfile: more CPU for each GiB and smaller folios, which the reader pays for later',
    absence: warning,
  },
  {
    key: 'nowaitReads',
    id: 'nowait-reads',
    name: 'preadv2 with RWF_NOWAIT',
    since: '4.14',
    syscall: 'preadv2',
    with: 'a fill can be verified even for a caller to whom mincore and cachestat may not tell',
    without: 'a fill of files that the caller neither owns nor may write stays unverified',
    absence: note,
  },
  {
    key: 'ioPriority',
    id: 'io-priority',
    name: 'ioprio_set',
    since: '2.6.13',
    syscall: 'ioprio_set',
    with: "warmset's threads can go into the idle I/O class, without privilege",
    without: 'fills compete with everyone else at normal I/O priority',
    absence: warning,
  },
];

/** Which calls the kernel and the sandbox offer, found by asking. The release is named and decides nothing. */
export function checkKernelFeatures({ native }: Readings): readonly Finding[] {
  if (native.state === 'failed') {
    const evidence = `${native.message} Kernel features and residency weren't looked at.`;
    return [problem('native-addon', "warmset's native part can't be loaded", evidence, native.remedy)];
  }
  const { kernelRelease } = native.features;
  const kernel = `kernel ${kernelRelease || 'of unknown release'}`;
  return CALLS.map((call) => ofCall(call, native.features[call.key], kernel, isSince(kernelRelease, call)));
}

/** Container runtimes let their filter answer ENOSYS to calls that are younger than it, as an old kernel would. */
function isSince(release: string, { since }: Call): boolean {
  const is = parseKernelRelease(release);
  const wanted = parseKernelRelease(since);
  return is !== null && wanted !== null && atLeast(is, wanted.major, wanted.minor, wanted.patch);
}

function ofCall(
  { id, name, absence, since, syscall, ...what }: Call,
  support: Support,
  kernel: string,
  newEnough: boolean,
): Finding {
  switch (support) {
    case 'available':
      return ok(id, `${name} is available`, `Asked of ${kernel}, which answered: ${what.with}.`);
    case 'missing':
      if (newEnough) {
        return absence(
          id,
          `${name} is hidden`,
          `Asked of ${kernel}, which is new enough (${since}): a filter (seccomp) says that there is no such call, or it was left out of this kernel: ${what.without}.`,
          `In a container: allow ${syscall} in the seccomp profile, or update the runtime that brings it.`,
        );
      }
      return absence(
        id,
        `${name} is missing`,
        `Asked of ${kernel}, which doesn't know it (it came with ${since}): ${what.without}.`,
        `Run a kernel from ${since} on.`,
      );
    case 'blocked':
      return warning(
        id,
        `${name} is blocked by a sandbox`,
        `Asked of ${kernel}; not the kernel but a filter (seccomp) refused: ${what.without}.`,
        `Allow ${syscall} in the container's seccomp profile, or update the runtime that brings it.`,
      );
  }
}
