import type { CgroupMemory } from '../../host/index.ts';
import { formatBytes } from '../../units.ts';
import { type Finding, note, ok, problem } from '../finding.ts';
import type { Readings } from '../readings.ts';

const CHARGED =
  'Page cache is charged to the cgroup of whoever reads it first, so that this silently caps what a warmer in it can keep.';

/** The memory limits above this process against the set. */
export function checkCgroups({ cgroups, set }: Readings): readonly Finding[] {
  if ('reason' in cgroups) {
    const { state, reason } = cgroups;
    if (state === 'none') return [ok('cgroup-limit', 'No cgroup limits memory', `${reason}.`)];
    return [note('cgroup-limit', "The cgroup's memory limit isn't known", `${reason}. ${CHARGED}`)];
  }
  const limited = cgroups.cgroups.flatMap((cgroup) =>
    cgroup.limit === null ? [] : [weigh(cgroup, cgroup.limit)],
  );
  const [first, ...others] = limited;
  if (first === undefined) {
    const evidence = `${cgroups.cgroups.length} levels of cgroup v${cgroups.version} were read and none has a limit.`;
    return [ok('cgroup-limit', 'No cgroup limits memory', evidence)];
  }
  const needed = set?.set.size ?? 0;
  const short = limited.filter(({ headroom }) => headroom !== null && headroom < needed);
  if (short.length > 0) return [ofShort(short, needed)];
  const blind = limited.find(({ headroom }) => headroom === null);
  if (blind) {
    const title = "A cgroup limit is there and its use isn't known";
    return [note('cgroup-limit', title, `${blind.words}. ${CHARGED}`)];
  }
  const tightest = others.reduce((a, b) => ((b.headroom ?? 0) < (a.headroom ?? 0) ? b : a), first);
  const title = `The tightest cgroup limit leaves ${formatBytes(tightest.headroom ?? 0)}`;
  return [ok('cgroup-limit', title, `${tightest.words}. ${CHARGED}`)];
}

interface Weighed {
  readonly cgroup: CgroupMemory;
  /** Bytes in use that can't be dropped at once. */
  readonly fixed: number;
  readonly headroom: number | null;
  readonly words: string;
}

function weigh(cgroup: CgroupMemory, limit: number): Weighed {
  const { path, limitFile, current, reclaimableFile } = cgroup;
  const ceiling = `${path}: ${limitFile ?? 'limit'} is ${formatBytes(limit)}`;
  if (current === null)
    return { cgroup, fixed: 0, headroom: null, words: `${ceiling}, its use can't be read` };
  const fixed = Math.max(0, current - reclaimableFile);
  const words = `${ceiling}, of which ${formatBytes(fixed)} are in use and can't be dropped at once`;
  return { cgroup, fixed, headroom: Math.max(0, limit - fixed), words };
}

function ofShort(short: readonly Weighed[], needed: number): Finding {
  const least = Math.min(...short.map(({ headroom }) => headroom ?? 0));
  const title = `A cgroup limit leaves ${formatBytes(least)} for a set of ${formatBytes(needed)}`;
  const evidence = `${short.map(({ words }) => words).join('; ')}. ${CHARGED}`;
  const commands = short.map(({ cgroup, fixed }) => raise(cgroup, fixed + needed));
  const remedy = `${commands.join(' && ')} (or the pod's resources.limits.memory, the unit's MemoryMax=), or warm from inside a cgroup that has the room, such as the server's.`;
  return problem('cgroup-limit', title, evidence, remedy);
}

function raise({ path, limitFile }: CgroupMemory, bytes: number): string {
  // That one is the echo of an ancestor out of sight: there is no file here to write to.
  if (limitFile === null || limitFile === 'hierarchical_memory_limit') {
    return `raise the limit of a cgroup above ${path} to at least ${bytes}`;
  }
  return `echo ${bytes} > ${path}/${limitFile}`;
}
