import { formatBytes, formatDuration, formatRate, formatShare } from '../../units.ts';
import type { StartupPhase } from '../startup/types.ts';
import type { Interval } from './intervals.ts';
import type { ColdStartVerdict } from './types.ts';

type Judged = Pick<ColdStartVerdict, 'verdict' | 'totalSeconds' | 'seconds' | 'overlapSeconds'>;

const SAYS: Readonly<Record<ColdStartVerdict['verdict'], string>> = {
  'page-cache-fill': 'reading files into the page cache; warming them beforehand takes this away',
  'direct-read': 'reading files past the page cache; warming them beforehand would change nothing',
  'host-to-device': 'filling memory of the GPU; warming files beforehand would change little',
  gpu: 'work on the GPU; warming files beforehand would change nothing',
  cpu: 'work of processors, such as imports, compilation or conversion; warm compile caches may help, warm weights would not',
  compile: 'compilation, by the log; warm compile caches may help, warm weights would not',
  waiting: 'waiting for something that is none of disks, GPU and processors, such as a network or a lock',
  unknown: 'something that the readings of this host do not show',
};

/** The verdict in a sentence. */
export function describeVerdict({ verdict, totalSeconds, seconds }: Judged): string {
  if (totalSeconds === 0) return 'Nothing was seen: it takes two looks at least.';
  const spent = seconds[verdict === 'compile' ? 'cpu' : verdict];
  return `${time(spent)} of ${time(totalSeconds)} (${formatShare(Math.min(1, spent / totalSeconds))}) went into ${SAYS[verdict]}.`;
}

/** What was seen, in words, a sentence each. What wasn't seen is said, too. */
export function describeEvidence(
  { seconds, overlapSeconds }: Judged,
  intervals: readonly Interval[],
  phases: readonly StartupPhase[],
): readonly string[] {
  if (intervals.length === 0) return [];
  return [
    describeDisks(intervals, seconds['page-cache-fill'] + seconds['direct-read']),
    describeGpu(intervals),
    overlapSeconds > 0
      ? `In ${time(overlapSeconds)} of that, disks were read and memory of the GPU filled at once; they count as reading.`
      : null,
    describeProcessors(intervals),
    describePressure(intervals),
    describePhases(phases),
  ].filter((sentence) => sentence !== null);
}

function describeDisks(intervals: readonly Interval[], seconds: number): string {
  const read = sumOf(intervals, ({ diskBytes }) => diskBytes);
  if (read === null) return 'What disks were read is not known: /proc/diskstats tells nothing.';
  const cached = sumOf(intervals, ({ cachedGrowth }) => cachedGrowth);
  const faults = sumOf(intervals, ({ majorFaults }) => majorFaults);
  const rate = seconds > 0 ? `, at ${formatRate(read / seconds)} while it went on` : '';
  const cache =
    cached === null ? '' : `; Cached ${cached < 0 ? 'fell' : 'rose'} by ${formatBytes(Math.abs(cached))}`;
  return `Disks read ${formatBytes(read)}${rate}${cache}${faults === null ? '' : `; ${faults} major faults`}.`;
}

function describeGpu(intervals: readonly Interval[]): string {
  const grown = sumOf(intervals, ({ gpuMemoryGrowth }) => gpuMemoryGrowth);
  const known = intervals.flatMap(({ gpuUtilisation, seconds }) =>
    gpuUtilisation === null ? [] : { gpuUtilisation, seconds },
  );
  if (grown === null && known.length === 0)
    return 'Of GPUs nothing is known: nvidia-smi is not there or tells nothing.';
  const whole = known.reduce((sum, { seconds }) => sum + seconds, 0);
  const busy = known.reduce((sum, one) => sum + one.gpuUtilisation * one.seconds, 0) / whole;
  const change =
    grown === null
      ? 'Memory of the GPU is not told'
      : `Memory of the GPU ${grown < 0 ? 'fell' : 'rose'} by ${formatBytes(Math.abs(grown))}`;
  return `${change}${known.length === 0 ? '' : `; it was ${formatShare(Math.min(1, busy))} busy on average`}.`;
}

function describeProcessors(intervals: readonly Interval[]): string {
  const known = intervals.flatMap(({ busyProcessors, seconds }) =>
    busyProcessors === null ? [] : { busyProcessors, seconds },
  );
  if (known.length === 0) return 'How busy processors were is not known.';
  const whole = known.reduce((sum, { seconds }) => sum + seconds, 0);
  const busy = known.reduce((sum, one) => sum + one.busyProcessors * one.seconds, 0) / whole;
  return `On average ${busy.toFixed(1)} processors of the host were busy, whoever used them.`;
}

function describePressure(intervals: readonly Interval[]): string | null {
  const stalled = sumOf(intervals, ({ ioStalled, seconds }) =>
    ioStalled === null ? null : ioStalled * seconds,
  );
  return stalled === null
    ? null
    : `Some task stood still for a device in ${time(stalled)} (pressure stall information).`;
}

function describePhases(phases: readonly StartupPhase[]): string | null {
  const said = phases
    .filter(({ within }) => within === null)
    .map(({ name, seconds }) => `${name} ${time(seconds)}`);
  return said.length === 0 ? null : `By the log: ${said.join(', ')}.`;
}

function sumOf(intervals: readonly Interval[], pick: (interval: Interval) => number | null): number | null {
  return intervals.reduce<number | null>((sum, interval) => {
    const value = pick(interval);
    return value === null ? sum : (sum ?? 0) + value;
  }, null);
}

function time(seconds: number): string {
  return formatDuration(seconds * 1000);
}
