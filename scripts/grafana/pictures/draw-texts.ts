import { INK, QUIET } from '../../../bench/report/schemes.ts';
import type { Panel } from '../model.ts';
import { type Box, rectangle, textAt } from './elements.ts';
import { CHARACTER, shortened } from './legend.ts';
import { EDGE, STEPS } from './palette.ts';
import { stepColor, valueText } from './value-text.ts';

/** One large number, in the colour of the step that it has reached. */
export function drawValue({ unit, steps }: Panel, value: number, box: Box): readonly object[] {
  const step = stepColor(steps, value);
  const color = step === null ? INK : STEPS[step];
  return [middleOf(box, valueText(unit, value), { size: 30, weight: 600, color })];
}

/** That a panel has no data is told as Grafana is told to tell it. */
export function drawNothing(box: Box): readonly object[] {
  return [middleOf(box, 'not known', { size: 14, color: QUIET })];
}

function middleOf(box: Box, text: string, style: object): object {
  return textAt(box.x + box.w / 2, box.y + box.h / 2 - 4, text, { ...style, align: 'center' });
}

const LINE = 24;

/** As many rows as there is room for. */
export function drawTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  box: Box,
): readonly object[] {
  const room = Math.floor(box.h / LINE) - 1;
  const shown = rows.length > room ? rows.slice(0, room - 1) : rows;
  const columns = columnsOf([header, ...shown], box.w - 24);
  const line = (cells: readonly string[], row: number, head: boolean): readonly object[] =>
    cells.map((cell, column) => {
      const { x, w } = columns[column] ?? { x: 0, w: 0 };
      const text = shortened(cell, Math.floor(w / CHARACTER));
      return textAt(box.x + 12 + x, box.y + (row + 0.5) * LINE, text, {
        weight: head ? 600 : 400,
        color: head ? QUIET : INK,
      });
    });
  const missing = rows.length - shown.length;
  return [
    ...line(header, 0, true),
    ...shown.flatMap((cells, row) => [
      rectangle({ x: box.x + 12, y: box.y + (row + 1) * LINE, w: box.w - 24, h: 1 }, { fill: EDGE }),
      ...line(cells, row + 1, false),
    ]),
    ...(missing === 0 ? [] : line([`and ${missing} more`], shown.length + 1, true)),
  ];
}

/** Columns as wide as their longest text deserves of the whole. */
export function columnsOf(
  rows: readonly (readonly string[])[],
  width: number,
): readonly { readonly x: number; readonly w: number }[] {
  const longest = (rows[0] ?? []).map((_, column) =>
    Math.max(4, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const whole = longest.reduce((sum, length) => sum + length, 0);
  let x = 0;
  return longest.map((length) => {
    const w = (width * length) / whole;
    x += w;
    return { x: x - w, w };
  });
}
