/** What a target holds and doesn't mean. */
import type { ExplainedTarget, LeftOut } from '../../targets/index.ts';
import { formatBytes, formatCount } from '../../units.ts';
import { renderFileTable } from './file-table.ts';
import { beside } from './pairs.ts';
import { MOST_ROWS } from './pick-rows.ts';
import { dim } from './style.ts';
import { type Column, type Row, renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

const SIZE: Column = { header: 'SIZE', align: 'right' };

/** A table for whoever takes lines apart; for a person by reason, because a reason is longer than there is room. */
export function renderLeftOut(terminal: Terminal, { at, leftOut }: ExplainedTarget, all: boolean): string[] {
  if (leftOut.length === 0) return [];
  if (!terminal.isTTY) return ['', 'left out:', ...asTable(terminal, leftOut)];
  const byReason = new Map<string, LeftOut[]>();
  for (const thing of leftOut) {
    const some = byReason.get(thing.why);
    if (some) some.push(thing);
    else byReason.set(thing.why, [thing]);
  }
  return [...byReason].flatMap(([why, things]) => [
    '',
    ...beside(terminal, 'left out:', printable(why), { keyStyle: dim }),
    ...asList(terminal, things, at, all),
  ]);
}

function asTable(terminal: Terminal, things: readonly LeftOut[]): string[] {
  const rows = things.map(({ path, size, why }) => ({ path, cells: [sizeText(size), why], telling: false }));
  const total: Row = [`${formatCount(things.length)} left out`, sizeText(sumOf(things)), ''];
  return renderFileTable(terminal, [SIZE, { header: 'WHY' }], rows, total, true);
}

/** Names below the target, without a header: what they are stands above. */
function asList(terminal: Terminal, things: readonly LeftOut[], at: string | null, all: boolean): string[] {
  const listed = all ? things : things.slice(0, MOST_ROWS);
  const prefix = at === null ? '' : `${at}/`;
  const rows = listed.map(({ path, size }): Row => {
    const name = prefix !== '' && path.startsWith(prefix) ? path.slice(prefix.length) : path;
    return ['', name, sizeText(size)];
  });
  const rest = things.length - listed.length;
  return [
    ...renderTable(terminal, [{ header: '' }, { header: '', flexible: true }, SIZE], rows).slice(1),
    ...(rest > 0 ? [dim(terminal, `  and ${formatCount(rest)} more; --all lists them`)] : []),
  ];
}

/** Null where nothing is known of any. */
function sumOf(things: readonly LeftOut[]): number | null {
  const known = things.flatMap(({ size }) => (size === null ? [] : [size]));
  return known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0);
}

function sizeText(size: number | null): string {
  return size === null ? '' : formatBytes(size);
}
