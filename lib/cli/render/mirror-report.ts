import type { MirrorPreview, MirrorResult, MirrorStatus } from '../../storage/mirror/index.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from '../../units.ts';
import { renderFailures } from './failures.ts';
import { beside } from './pairs.ts';
import { bad, dim, good, plain, type Style, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { pad, printable } from './width.ts';

const LABEL_WIDTH = 18;
const MOST_NAMED = 20;

type Line = readonly [label: string, text: string, style?: Style];

/** What a run was asked for, what it did, and what it left behind. */
export function renderMirror(terminal: Terminal, result: MirrorResult): string[] {
  const { asked, skipped, copied, shared, verified, seconds, bytesPerSecond, stopped, gone } = result;
  const resumed = result.files.reduce((sum, { resumedBytes }) => sum + resumedBytes, 0);
  const rate =
    bytesPerSecond === null ? '' : ` in ${formatDuration(seconds * 1000)}, ${formatRate(bytesPerSecond)}`;
  const count = (outcome: string): number => result.files.filter((file) => file.outcome === outcome).length;
  const rows: readonly (Line | null)[] = [
    ['asked', amount(asked)],
    ['already whole', amount(skipped)],
    ['copied', `${amount(copied)}${rate}`],
    resumed > 0 ? ['resumed', `${formatBytes(resumed)} of it were there from an earlier run`] : null,
    shared.files > 0 ? ['shared', `${amount(shared)}: its data is the source's own`] : null,
    count('named') > 0 ? ['names', `${formatCount(count('named'))} more of files that are there`] : null,
    count('adopted') > 0 ? ['adopted', `${formatCount(count('adopted'))} files were there already`] : null,
    ['verified', `${amount(verified)}, read back from the device`],
    count('changed-here') > 0
      ? ['changed here', `${formatCount(count('changed-here'))} files; left as they are`, warn]
      : null,
    result.deleted.length > 0 ? ['removed', `${formatCount(result.deleted.length)} names`] : null,
    gone.length > 0
      ? ['gone from source', `${formatCount(gone.length)} names; --delete removes them`, warn]
      : null,
    ['left in memory', memory(result)],
    result.waitedForWritesMs > 0
      ? ['waited', `${formatDuration(result.waitedForWritesMs)}: the destination had become slow`, warn]
      : null,
    result.guard?.lastReason ? ['held', printable(result.guard.lastReason.message), warn] : null,
    stopped === null ? null : ['stopped', printable(stopped.detail), warn],
    ['mirror', result.whole ? 'whole' : 'not whole', result.whole ? good : bad],
  ];
  return [
    ...renderRows(terminal, rows),
    ...renderFailures(
      terminal,
      result.files.flatMap(({ path, failure }) => (failure === null ? [] : [{ file: { path }, failure }])),
    ),
    ...renderFailures(
      terminal,
      result.failures.map(({ path, code, message }) => ({ file: { path }, failure: { code, message } })),
    ),
  ];
}

/** What would be done, by name. */
export function renderMirrorPlan(terminal: Terminal, { plan, tree }: MirrorPreview): string[] {
  const lines = plan.actions.flatMap((action): (readonly [string, string, Style])[] => {
    switch (action.do) {
      case 'copy':
        return [['copy', `${name(action.file.relative)} (${formatBytes(action.file.size)})`, plain]];
      case 'adopt':
        return [['compare', name(action.file.relative), plain]];
      case 'name':
        return [['name', `${name(action.file.relative)}, another name of ${name(action.of)}`, plain]];
      case 'directory':
        return [['directory', name(action.relative), dim]];
      case 'link':
        return [['link', `${name(action.relative)} to ${name(action.leadsTo)}`, dim]];
      case 'refuse':
        return [['refuse', `${name(action.relative)}: ${action.why}`, bad]];
      default:
        return [];
    }
  });
  const kept = plan.actions.filter((action) => action.do === 'keep').length;
  const rest = lines.length - MOST_NAMED;
  return [
    ...lines
      .slice(0, MOST_NAMED)
      .flatMap(([what, text, style]) => beside(terminal, pad(what, 10), text, { style })),
    ...(rest > 0 ? [`and ${formatCount(rest)} more; --json lists all`] : []),
    ...(lines.length === 0 ? ['nothing to copy'] : []),
    `${formatCount(kept)} files are whole already`,
    ...(plan.gone.length > 0 ? [`${formatCount(plan.gone.length)} names are gone from the source`] : []),
    ...renderFailures(
      terminal,
      tree.failures.map(({ path, code, message }) => ({ file: { path }, failure: { code, message } })),
    ),
  ];
}

export function renderMirrorStatus(terminal: Terminal, status: MirrorStatus): string[] {
  const { local, source, endedAtMs, whole, pid } = status;
  return renderRows(terminal, [
    ['mirror', printable(local)],
    ['of', printable(source)],
    ['holds', amount(status)],
    [
      'last run',
      endedAtMs === null
        ? 'none has ended'
        : new Date(endedAtMs).toISOString().slice(0, 19).replace('T', ' '),
    ],
    ['state', whole ? 'whole' : 'not whole', whole ? good : warn],
    ['works on it', pid === null ? 'nobody' : `process ${pid}`],
  ]);
}

function renderRows(terminal: Terminal, rows: readonly (Line | null)[]): string[] {
  return rows.flatMap((row) => {
    if (row === null) return [];
    const [label, text, style = plain] = row;
    return beside(terminal, pad(label, LABEL_WIDTH - 1), text, { keyStyle: dim, style });
  });
}

function amount({ files, bytes }: { readonly files: number; readonly bytes: number }): string {
  return `${formatBytes(bytes)} in ${formatCount(files)} ${files === 1 ? 'file' : 'files'}`;
}

function memory({ residentBytes, sourcePagesLeft }: MirrorResult): string {
  const here = residentBytes === null ? 'unknown' : formatBytes(residentBytes);
  const there = sourcePagesLeft === null ? 'unknown' : `${formatCount(sourcePagesLeft)} pages`;
  return `${here} of what was written, ${there} of the source by reading it`;
}

/** Paths of a plan have a character for each byte. */
function name(path: string): string {
  return printable(Buffer.from(path, 'latin1').toString('utf8'));
}
