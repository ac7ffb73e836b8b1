import type { Found, LaunchResult, WaitFor } from '../../launch/options.ts';
import type { LaunchReport } from '../../launch/report.ts';
import type { BesideProgress, BesideResult } from '../../launch/types.ts';
import { formatBytes, formatBytesOf, formatDuration, formatShare } from '../../units.ts';
import { describeFailure } from '../target-failure.ts';
import type { Terminal } from './terminal.ts';
import { printable, wrap } from './width.ts';

/** What `warmset run` says beside a server: each a line, or on a narrow terminal a few. */

// Whoever named it needn't be told where from.
const SAID = 'the set';
// Of the time under guard.
const WORTH_A_WORD = 0.1;

function said(terminal: Terminal, text: string): string[] {
  return wrap(`warmset: ${printable(text)}`, terminal.columns);
}

/** What was found, and what is done with it. */
export function renderFound(terminal: Terminal, found: Found): string[] {
  const { server, targets, idle, note, failures } = found;
  const named = targets
    .map(({ target, from }) => (from === SAID ? target : `${target} (${from})`))
    .join(', ');
  const what = server && named !== '' ? `${server.server} serving ${named}` : named;
  const doing = idle ?? `${amount(found)}; filling beside it${note === null ? '' : ` (${note})`}`;
  return [
    ...said(terminal, what === '' ? doing : `${what}: ${doing}`),
    ...failures.flatMap((failure) => {
      const { message, remedy } = describeFailure(failure);
      return said(terminal, remedy === undefined ? message : `${message.replace(/\.$/, '')}: ${remedy}`);
    }),
  ];
}

function amount({ size, residentBytes }: Found): string {
  const known =
    residentBytes === null || size === 0
      ? 'what is in memory is unknown'
      : `${formatShare(residentBytes / size)} in memory`;
  return `${formatBytes(size)}, ${known}`;
}

export function renderWaiting(terminal: Terminal, { share, ms }: WaitFor): string[] {
  const until = share === undefined ? 'for the fill' : `until ${formatShare(share)} of it is in memory`;
  const most = ms === undefined ? '' : `, ${formatDuration(ms, { ascii: true })} at most`;
  return said(terminal, `the server waits ${until}${most}`);
}

/** While bytes move. */
export function renderHeartbeat(
  terminal: Terminal,
  { asked, resident, read, loaderBytes }: BesideProgress,
): string[] {
  const loader = loaderBytes === null ? '' : `, the server was last seen at ${formatBytes(loaderBytes)}`;
  return said(
    terminal,
    `${formatBytesOf(resident, asked)} in memory, ${formatBytes(read)} of it read ahead${loader}`,
  );
}

/** One paragraph about the start. */
export function renderStart(terminal: Terminal, report: LaunchReport): string[] {
  const { readyMs, readyBy, fill, firstReadMs, phases, heldBackMs, found } = report;
  const sentences = [
    readyMs === null
      ? 'It is not known when the server was ready.'
      : `Ready ${formatDuration(readyMs, { ascii: true })} after its start, by its ${readyBy === 'log' ? 'log' : 'address'}.`,
    heldBackMs > 0 ? `It was held back ${formatDuration(heldBackMs, { ascii: true })}.` : null,
    fill === null ? null : `${formatBytes(fill.warmedAhead)} were read ahead of it`,
  ].filter((sentence) => sentence !== null);
  if (fill !== null) {
    const left = fill.leftToLoader === null ? '' : `, ${formatBytes(fill.leftToLoader)} were left to it`;
    sentences[sentences.length - 1] += `${left}${inMemory(report, fill)}.`;
    if (firstReadMs !== null)
      sentences.push(`Its first read came after ${formatDuration(firstReadMs, { ascii: true })}.`);
    sentences.push(`${sentence(fill.why)}.`, ...heldByGuard(fill));
  } else if (found?.idle != null) sentences.push(`Nothing was read for it: ${found.idle}.`);
  const told = phases?.phases.filter(({ within }) => within === null) ?? [];
  if (told.length > 0) {
    const list = told.map(
      ({ name, seconds }) => `${name} ${formatDuration(seconds * 1000, { ascii: true })}`,
    );
    sentences.push(`Its log says: ${list.join(', ')}.`);
  }
  return said(terminal, sentences.join(' '));
}

function inMemory({ found }: LaunchReport, { asked, residentAfter }: BesideResult): string {
  if (residentAfter === null || asked === 0) return '';
  // Of an engine that reads past the page cache only the small files are filled.
  const part = found !== null && asked < found.size ? ` of these ${formatBytes(asked)}` : '';
  return `, ${formatShare(residentAfter / asked)}${part} is in memory`;
}

/** Nothing where it was held so shortly that it made no difference. */
function heldByGuard({ guard }: BesideResult): string[] {
  if (!guard?.lastReason) return [];
  const { goSeconds, slowSeconds, pauseSeconds, lastReason } = guard;
  const heldSeconds = slowSeconds + pauseSeconds;
  if (heldSeconds < WORTH_A_WORD * (goSeconds + heldSeconds)) return [];
  const held = formatDuration(heldSeconds * 1000, { ascii: true });
  return [`The guard held it back for ${held}: ${lastReason.message.replace(/\.$/, '')}.`];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, '');
}

/** What is wrong with a command that never ran; nothing for one that did. */
export function renderEnd(terminal: Terminal, { exit }: LaunchResult): string[] {
  if (exit.state !== 'not-started' || exit.code === 'ECANCELED') return [];
  return said(terminal, exit.message);
}

export function renderTrouble(terminal: Terminal, doing: string, error: unknown): string[] {
  const why = error instanceof Error ? error.message : String(error);
  return said(terminal, `${doing} failed, the server runs on without: ${why.split('\n')[0]}`);
}
