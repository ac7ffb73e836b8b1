/** Problems of a configuration, each with the line of the file that it is in. */
import { describeProblem, type Problem } from '../../config/index.ts';
import { MOST_NAMED } from './failures.ts';
import { beside } from './pairs.ts';
import { accent, bad, bold, dim, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { displayWidth, ellipsis, printable } from './width.ts';

/** Of the line before and behind the place: enough to find it again, and no screen full of it. */
const MOST_BEFORE = 50;
const MOST_BEHIND = 50;

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
  const room = terminal.columns === null ? MOST_BEHIND : Math.max(10, terminal.columns - 70);
  const before =
    terminal.columns === null ? MOST_BEFORE : Math.min(MOST_BEFORE, Math.max(10, terminal.columns - 30));
  const start = at > before ? at - before : 0;
  const head = (start > 0 ? ellipsis(terminal) : '') + printable(source.slice(start, at));
  const bare = source.replace(/\r$/, '');
  const tail = printable(bare.slice(at, at + room)) + (bare.length > at + room ? ellipsis(terminal) : '');
  const margin = `  ${String(line).padStart(5)} | `;
  const below = `${' '.repeat(margin.length - 2)}| ${' '.repeat(displayWidth(head))}`;
  return [dim(terminal, margin) + head + tail, `${dim(terminal, below)}${bad(terminal, '^')}`];
}
