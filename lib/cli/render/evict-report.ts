import type { EvictedFile, EvictResult } from '../../fill/index.ts';
import { formatBytes, formatCount } from '../../units.ts';
import { rows } from './fill-report.ts';
import { bad, good, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

/** At most so many survivors by name. */
const NAMED = 20;

export function renderEvictResult(terminal: Terminal, result: EvictResult): string[] {
  const { residentBefore, residentNow, unknownFiles, files } = result;
  const style = residentNow === 0 ? good : warn;
  const lines = rows(terminal, [
    ['resident before', formatBytes(residentBefore)],
    ['resident now', style(terminal, formatBytes(residentNow))],
    ['given back', formatBytes(Math.max(0, residentBefore - residentNow))],
    ...(unknownFiles > 0
      ? [
          [
            'unknown',
            warn(terminal, `${formatCount(unknownFiles)} files can't be measured by this user`),
          ] as const,
        ]
      : []),
  ]);
  const told = files.filter(({ survival, failure }) => survival !== null || failure !== null);
  const named = told.slice(0, NAMED).map((file) => survivor(terminal, file));
  const rest = told.length - named.length;
  return [...lines, ...named, ...(rest > 0 ? [`and ${formatCount(rest)} more; --json lists all`] : [])];
}

function survivor(terminal: Terminal, { file, after, survival, failure }: EvictedFile): string {
  const name = printable(file.path);
  if (failure) return `${bad(terminal, 'not done')}  ${name}: ${failure.code}: ${failure.message}`;
  const stayed = after.state === 'known' ? formatBytes(after.residentBytes) : 'unknown';
  return `${warn(terminal, 'stayed')}  ${stayed}  ${name}: ${printable(survival?.detail ?? '')}`;
}
