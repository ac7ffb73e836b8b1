/** What has become of an overlay or a bind mount. */
import type { ChangeRecord } from '../../change/index.ts';
import type { LayerChange, OverlayStatus } from '../../storage/overlay/index.ts';
import { formatBytes, formatCount } from '../../units.ts';
import { beside } from './pairs.ts';
import { accent, bad, bold, dim, good, plain, type Style, warn } from './style.ts';
import { renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { pad, printable, wrap } from './width.ts';

type Mounts = OverlayStatus['mounts'];

export function renderApplied(terminal: Terminal, { kind, subject, id }: ChangeRecord): string[] {
  return wrap(`${bold(terminal, printable(`${kind} of ${subject}`))} is applied (${id})`, terminal.columns);
}

export function renderRemoved(
  terminal: Terminal,
  { kind, subject, id }: ChangeRecord,
  kept: string | null,
): string[] {
  const told =
    kept === null
      ? []
      : wrap(
          printable(`what was there before and has been deleted or replaced since is kept in ${kept}`),
          terminal.columns,
        );
  return [`${bold(terminal, printable(`${kind} of ${subject}`))} is removed (${id})`, ...told];
}

export function renderBindStatus(terminal: Terminal, record: ChangeRecord, mounts: Mounts): string[] {
  return [
    title(terminal, record),
    ...mounts.flatMap(({ at, mounted }) =>
      line(terminal, mounted ? good : bad, mounted ? 'mounted' : 'missing', at),
    ),
  ];
}

const COUNTED: readonly (readonly [change: LayerChange, words: string])[] = [
  ['own', 'only here'],
  ['hides', 'hide others of the base'],
  ['copied-up', 'of the base, changed here'],
  ['whiteout', 'of the base, deleted here'],
  ['opaque', 'directories that hide the base’s'],
  ['metacopy', 'with their data in the base'],
  ['redirect', 'directories that lead elsewhere in the base'],
];

/** Mounts, counts of what the layer holds, drift of the base. */
export function renderOverlayStatus(terminal: Terminal, status: OverlayStatus): string[] {
  const { record, mounts, lower, upper, layer, aside } = status;
  return [
    ...renderBindStatus(terminal, record, mounts),
    ...line(terminal, plain, 'base', lower),
    ...line(terminal, plain, 'layer', upper),
    ...COUNTED.flatMap(([change, words]) => {
      const some = layer.filter((entry) => entry.change === change);
      const bytes = some.reduce((sum, entry) => sum + entry.bytes, 0);
      if (some.length === 0) return [];
      return line(terminal, plain, '', `${formatCount(some.length)} ${words}, ${formatBytes(bytes)}`);
    }),
    ...(aside.files === 0
      ? []
      : line(
          terminal,
          plain,
          'aside',
          `${formatCount(aside.files)} files that the base has as well, ${formatBytes(aside.bytes)}, in ${aside.at}`,
        )),
    ...driftLines(terminal, status),
  ];
}

function driftLines(terminal: Terminal, { drift, lower }: OverlayStatus): string[] {
  if (drift === null)
    return line(terminal, warn, 'drift', `unknown: ${lower} or the list of what it held is gone`);
  if (drift.length === 0) return line(terminal, good, 'drift', 'none: the base is what it was');
  const count = `${formatCount(drift.length)} names of the base have changed; diff names them`;
  return line(terminal, bad, 'drift', count);
}

const STYLES: Readonly<Record<string, Style>> = {
  whiteout: warn,
  opaque: warn,
  metacopy: bad,
  redirect: bad,
};

/** One line a file. */
export function renderOverlayDiff(terminal: Terminal, { layer, drift }: OverlayStatus): string[] {
  const rows = [
    ...layer.map(({ path, change, bytes }) => [
      { text: change, style: STYLES[change] ?? plain },
      bytes === 0 ? '' : formatBytes(bytes),
      path,
    ]),
    ...(drift ?? []).map(({ path, change }) => [{ text: `base ${change}`, style: bad }, '', path]),
  ];
  if (rows.length === 0) return ['the layer is empty, and the base is what it was'];
  const columns = [
    { header: 'change' },
    { header: 'size', align: 'right' as const },
    { header: 'path', flexible: true },
  ];
  return renderTable(terminal, columns, rows);
}

function title(terminal: Terminal, { kind, subject, state, id }: ChangeRecord): string {
  const style = state === 'applied' ? good : warn;
  return `${bold(terminal, printable(`${kind} of ${subject}`))} ${style(terminal, state)} ${dim(terminal, id)}`;
}

function line(terminal: Terminal, style: Style, key: string, text: string): string[] {
  return beside(terminal, pad(key, 8), printable(text), { keyStyle: style === plain ? accent : style });
}
