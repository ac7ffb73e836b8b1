/** Problems of a configuration, each with the line of the file that it is in. */
import { describeProblem, type Problem } from '../../config/index.ts';
import { MOST_NAMED } from './failures.ts';
import { beside } from './pairs.ts';
import { accent, bad, bold, dim, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { displayWidth, ellipsis, printable, truncateEnd } from './width.ts';

/** Columns of a line where nothing else limits them: enough to find the place again, and no screen full of it. */
const MOST_SHOWN = 110;
const LEAST_ROOM = 20;

/** @param text of the file; null where there is none or it couldn't be read */
export function renderProblems(
  terminal: Terminal,
  text: string | null,
  level: 'problem' | 'warning',
  problems: readonly Problem[],
): string[] {
  const lines = text?.split('\n') ?? [];
  const rest = problems.length - MOST_NAMED;
  return [
    ...problems.slice(0, MOST_NAMED).flatMap((problem) => renderProblem(terminal, lines, level, problem)),
    ...(rest > 0 ? [`and ${rest} more; --json lists them`] : []),
  ];
}

function renderProblem(
  terminal: Terminal,
  lines: readonly string[],
  level: 'problem' | 'warning',
  problem: Problem,
): string[] {
  const { file, line, column, remedy } = problem;
  const place = [file, line, column].filter((part) => part !== null).join(':');
  const what = `${place === '' ? '' : `${place}: `}${describeProblem(problem)}`;
  const source = line === null || column === null ? undefined : lines[line - 1];
  return [
    ...beside(terminal, level, printable(what), { keyStyle: level === 'problem' ? bad : warn, style: bold }),
    ...(source === undefined || column === null || line === null
      ? []
      : excerpt(terminal, source, line, column)),
    ...(remedy === null
      ? []
      : beside(terminal, '     do:', printable(remedy), { keyStyle: dim, style: accent })),
  ];
}

/** The line with a caret below its column, cut where it is long. */
function excerpt(terminal: Terminal, source: string, line: number, column: number): string[] {
  const at = column - 1;
  const margin = `  ${String(line).padStart(5)} | `;
  const room =
    terminal.columns === null ? MOST_SHOWN : Math.max(LEAST_ROOM, terminal.columns - margin.length);
  // What is before the place says where it is, what is behind says what it is: half of the room each at most.
  const start = Math.max(0, at - Math.floor(room / 2) + 3);
  const before = (start > 0 ? ellipsis(terminal) : '') + printable(source.slice(start, at));
  const behind = printable(source.slice(at, at + room).replace(/\r$/, ''));
  const shown = truncateEnd(terminal, behind, Math.max(LEAST_ROOM / 2, room - displayWidth(before)));
  const below = `${' '.repeat(margin.length - 2)}| ${' '.repeat(displayWidth(before))}`;
  return [dim(terminal, margin) + before + shown, `${dim(terminal, below)}${bad(terminal, '^')}`];
}
