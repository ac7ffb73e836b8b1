/** The text of a progress line, as a function of what is known. */
import { formatBytesOf, formatRate, formatShare } from '../../units.ts';
import { bold, dim, good, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { displayWidth, pad, printable, truncateEnd } from './width.ts';

/** What is known of a job at one moment. */
export interface ProgressReading {
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** The share of the total that is resident, as last measured; left out while that isn't known. */
  readonly residentShare?: number | null;
  /** Why it is slow or waiting (`paused: memory pressure`); shown as long as readings carry it. */
  readonly note?: string;
}

/** A reading with how fast it is going; `null` until that can be said. */
export interface ProgressState extends ProgressReading {
  readonly label: string;
  readonly bytesPerSecond: number | null;
}

const MIN_BAR = 10;
const MAX_BAR = 30;
const GAP = '  ';
// Room for the widest text of each kind: without it the bar would change its length at every redraw.
const WIDTH = { share: 6, rate: 10, left: 12, resident: 15 };

function renderBar(terminal: Terminal, share: number, width: number): string {
  // Floored, so that the last cell fills when everything is done and not before.
  const filled = Math.floor(share * width);
  const [on, off] = terminal.unicode ? ['━', '─'] : ['#', '.'];
  const bar = good(terminal, on.repeat(filled)) + dim(terminal, off.repeat(width - filled));
  return terminal.unicode ? bar : `[${bar}]`;
}

/** How long it will take at this rate, no finer than such a guess deserves. */
function renderLeft({ doneBytes, totalBytes, bytesPerSecond }: ProgressState): string {
  if (bytesPerSecond === null || doneBytes >= totalBytes) return '';
  if (bytesPerSecond <= 0) return 'stalled';
  const seconds = Math.ceil((totalBytes - doneBytes) / bytesPerSecond);
  if (seconds < 120) return `${seconds} s left`;
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} min left`;
  return seconds < 359_999 ? `${Math.ceil(seconds / 3600)} h left` : 'days left';
}

function shareOf({ doneBytes, totalBytes }: ProgressReading): number {
  return totalBytes > 0 ? Math.min(Math.max(doneBytes / totalBytes, 0), 1) : 1;
}

function textParts(state: ProgressState) {
  const { residentShare, bytesPerSecond } = state;
  return {
    share: formatShare(shareOf(state)),
    bytes: formatBytesOf(state.doneBytes, state.totalBytes),
    resident: typeof residentShare === 'number' ? `${formatShare(residentShare)} resident` : '',
    rate: bytesPerSecond === null ? '' : formatRate(bytesPerSecond),
    left: renderLeft(state),
    note: state.note === undefined ? '' : printable(state.note),
  };
}

/** The line for a pipe or a log: everything that is known, without a bar. */
export function renderPlainProgress(state: ProgressState): string {
  const { share, bytes, resident, rate, left, note } = textParts(state);
  const known = [share, bytes, resident, rate, left, note].filter((part) => part !== '');
  return `${printable(state.label)}: ${known.join(', ')}`;
}

// What goes first when there isn't room: the share and the note stay.
const DROP_ORDER = ['label', 'resident', 'rate', 'bar', 'bytes', 'left'] as const;

/** The line for a terminal; at most one column less than its width, because some wrap at the very last one. */
export function renderProgress(terminal: Terminal, state: ProgressState): string {
  if (terminal.columns === null) return renderPlainProgress(state);
  const room = terminal.columns - 1;
  const { share, bytes, resident, rate, left, note } = textParts(state);
  const barExtra = terminal.unicode ? 0 : 2;
  const parts = {
    label: bold(terminal, printable(state.label)),
    bar: ' '.repeat(MIN_BAR + barExtra),
    share: pad(share, WIDTH.share, 'right'),
    bytes: pad(bytes, formatBytesOf(state.totalBytes, state.totalBytes).length, 'right'),
    resident: resident && pad(resident, WIDTH.resident, 'right'),
    rate: pad(rate, WIDTH.rate, 'right'),
    left: pad(left, WIDTH.left),
    note,
  };
  const width = () => displayWidth(Object.values(parts).filter(Boolean).join(GAP));
  for (const name of DROP_ORDER) if (width() > room) parts[name] = '';
  if (parts.bar !== '') {
    const length = Math.min(MAX_BAR, MIN_BAR + room - width());
    parts.bar = renderBar(terminal, shareOf(state), length);
  }
  // Its reserved room has done its work: only the note comes after it, and may move.
  if (parts.left !== '') parts.left = left;
  if (note !== '') {
    const before = { ...parts, note: '' };
    const used = displayWidth(Object.values(before).filter(Boolean).join(GAP)) + GAP.length;
    parts.note = warn(terminal, truncateEnd(terminal, note, room - used));
  }
  return Object.values(parts).filter(Boolean).join(GAP).trimEnd();
}
