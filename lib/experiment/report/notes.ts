import { formatBytes, formatDuration } from '../../units.ts';
import type { DoneTrial } from '../types.ts';
import type { Report } from './report.ts';

// Where others read more than this of the set's size meanwhile, or memory was short for so long, it may show.
const OTHERS_SHARE = 0.05;
const MEMORY_SHARE = 0.01;
// A reader keeps a CPU busy by itself: only where tasks waited for most of the time were there too few.
const CPU_SHARE = 0.5;

/** What is remarkable about a trial. It counts all the same. */
export function notesOf(trial: DoneTrial, { analysis, bytes }: Report): readonly string[] {
  const { condition, scheduler, totalMs, interference, attempt, held } = trial;
  const summary = analysis.summaries.find(
    (other) => other.condition === condition && other.scheduler === scheduler,
  );
  const { othersBytes, stalledMs } = interference;
  return [
    ...(summary?.total?.spread.outliers.includes(totalMs) ? ['outlier'] : []),
    ...(othersBytes !== null && othersBytes > OTHERS_SHARE * bytes
      ? [`others read ${formatBytes(othersBytes)}`]
      : []),
    ...(stalledMs.memory !== null && stalledMs.memory > MEMORY_SHARE * totalMs
      ? [`memory was short for ${formatDuration(stalledMs.memory)}`]
      : []),
    ...(stalledMs.cpu !== null && stalledMs.cpu > CPU_SHARE * totalMs
      ? [`CPUs were short for ${formatDuration(stalledMs.cpu)}`]
      : []),
    ...(held === null ? [] : [`the guard held the fill for ${formatDuration(held.ms)}: ${held.why}`]),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ];
}
