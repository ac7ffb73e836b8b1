import type { FileDiff, RecordedFile, SavedSnapshot, SnapshotDiff } from '../../snapshot/index.ts';
import { formatBytes } from '../../units.ts';
import { countFiles, renderFileTable } from './file-table.ts';
import { rows } from './fill-report.ts';
import { beside } from './pairs.ts';
import { dim, plain, type Style, warn } from './style.ts';
import type { Cell, Column } from './table.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

/** What was written down, and of which files nothing could be. */
export function renderSaved(terminal: Terminal, saved: SavedSnapshot): string[] {
  const { path, bytes, residentBytes, unknownFiles, snapshot } = saved;
  const known = snapshot.files.length - unknownFiles;
  return [
    ...rows(terminal, [
      ['recorded', `${formatBytes(residentBytes)} resident of ${countFiles(known)}`],
      ...(unknownFiles > 0 ? [['unknown', countFiles(unknownFiles), warn] as const] : []),
      ['written', `${printable(path)}, ${formatBytes(bytes)}`],
    ]),
    ...unknownReasons(terminal, snapshot.files),
  ];
}

function unknownReasons(terminal: Terminal, files: readonly RecordedFile[]): string[] {
  const reasons = new Map<string, { remedy: string; files: number }>();
  for (const file of files) {
    if (file.state === 'known') continue;
    const { message, remedy } = file.reason;
    reasons.set(message, { remedy, files: (reasons.get(message)?.files ?? 0) + 1 });
  }
  return [...reasons].flatMap(([message, { remedy, files: number }]) => [
    ...beside(terminal, 'unknown', `for ${countFiles(number)}: ${printable(message)}`, { keyStyle: warn }),
    ...beside(terminal, '    do:', printable(remedy), { keyStyle: dim }),
  ]);
}

const COLUMNS: readonly Column[] = [
  { header: 'GAINED', align: 'right' },
  { header: 'LOST', align: 'right' },
  { header: 'SAME', align: 'right', drop: 1 },
  { header: 'WHY', drop: 2 },
];

/** What came and went, file by file. */
export function renderDiff(terminal: Terminal, diff: SnapshotDiff, all: boolean): string[] {
  const { files, gained, lost, same } = diff;
  return renderFileTable(
    terminal,
    COLUMNS,
    files.map((file) => ({ path: file.path, cells: cellsOf(file), telling: isTelling(file) })),
    [countFiles(files.length), ...[gained, lost, same].map(formatBytes), ''],
    all,
  );
}

function cellsOf({ gained, lost, same, state, detail }: FileDiff): readonly Cell[] {
  const cell = (bytes: number | null, style: Style): Cell =>
    bytes === null
      ? { text: 'unknown', style: dim }
      : { text: formatBytes(bytes), style: bytes > 0 ? style : dim };
  const why = state === 'same' ? '' : detail === null ? state : `${state}: ${detail}`;
  return [cell(gained, plain), cell(lost, warn), cell(same, plain), why];
}

function isTelling({ state, gained, lost }: FileDiff): boolean {
  return state !== 'same' || (gained ?? 0) > 0 || (lost ?? 0) > 0;
}
