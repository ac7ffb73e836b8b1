import type { EvictedFile, EvictResult } from '../../fill/index.ts';
import type { ResidencyReport } from '../../residency/index.ts';
import { formatBytes, formatCount } from '../../units.ts';
import { describeUnnamed, MOST_NAMED, renderFailure } from './failures.ts';
import { rows } from './fill-report.ts';
import { beside } from './pairs.ts';
import { good, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

/** What was given back, and what stayed and why. */
export function renderEvictResult(terminal: Terminal, result: EvictResult): string[] {
  const { residentBefore, residentNow, unknownFiles, files } = result;
  const told = files.filter(({ survival, failure }) => survival !== null || failure !== null);
  return [
    ...rows(terminal, [
      ['resident before', formatBytes(residentBefore)],
      ['given back', formatBytes(Math.max(0, residentBefore - residentNow))],
      ['resident now', formatBytes(residentNow), residentNow === 0 && unknownFiles === 0 ? good : warn],
      ...(unknownFiles > 0 ? [['unknown', describeUnknown(unknownFiles), warn] as const] : []),
    ]),
    ...told.slice(0, MOST_NAMED).flatMap((file) => survivor(terminal, file)),
    ...describeUnnamed(told.length),
  ];
}

/** What would be asked for: how much of it goes is known only afterwards. */
export function renderEvictPlan({ total }: ResidencyReport): string {
  const unknown = total.unknownFiles > 0 ? `; unknown for ${formatCount(total.unknownFiles)} of them` : '';
  const files = `${formatCount(total.files)} ${total.files === 1 ? 'file' : 'files'}`;
  return `would give back up to ${formatBytes(total.residentBytes)} of ${files}${unknown}`;
}

function describeUnknown(files: number): string {
  return `${formatCount(files)} ${files === 1 ? 'file' : 'files'} whose pages can't be counted; status says why`;
}

function survivor(terminal: Terminal, { file, after, survival, failure }: EvictedFile): string[] {
  if (failure) return renderFailure(terminal, { file, failure });
  const stayed = after.state === 'known' ? formatBytes(after.residentBytes) : 'unknown';
  const why = printable(survival?.detail ?? '');
  return beside(terminal, 'stayed', `${stayed} of ${printable(file.path)}: ${why}`, { keyStyle: warn });
}
