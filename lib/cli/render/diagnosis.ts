import type { Diagnosis, Finding, Level } from '../../doctor/index.ts';
import { bad, dim, good, type Style, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { printable, wrap } from './width.ts';

const MARKS: Readonly<Record<Level, { readonly word: string; readonly style: Style }>> = {
  problem: { word: 'problem', style: bad },
  warning: { word: 'warning', style: warn },
  note: { word: 'note', style: dim },
  ok: { word: 'ok', style: good },
};

const MARGIN = 9;

/** What needs attention with its evidence and remedy; what is well as a title, in full only when asked for. */
export function renderDiagnosis(terminal: Terminal, { findings }: Diagnosis, inFull: boolean): string[] {
  const lines = findings.flatMap((finding) =>
    renderFinding(terminal, finding, inFull || finding.level !== 'ok'),
  );
  const counts = (['problem', 'warning', 'note', 'ok'] as const).map((level) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return `${number} ${level}${level === 'ok' || number === 1 ? '' : 's'}`;
  });
  return [...lines, '', counts.join(', ')];
}

function renderFinding(terminal: Terminal, finding: Finding, inFull: boolean): string[] {
  const { word, style } = MARKS[finding.level];
  const head = style(terminal, word) + ' '.repeat(MARGIN - word.length);
  const title = paragraph(terminal, head, finding.title);
  if (!inFull) return title;
  const indent = ' '.repeat(MARGIN);
  const evidence = paragraph(terminal, indent, finding.evidence, dim);
  const remedy = finding.remedy === null ? [] : paragraph(terminal, `${indent}do: `, finding.remedy);
  return [...title, ...evidence, ...remedy];
}

function paragraph(terminal: Terminal, head: string, text: string, style?: Style): string[] {
  const room = terminal.columns === null ? null : Math.max(20, terminal.columns - MARGIN - 4);
  return wrap(printable(text), room).map((line, index) => {
    const shown = style ? style(terminal, line) : line;
    return (index === 0 ? head : ' '.repeat(MARGIN + (head.endsWith('do: ') ? 4 : 0))) + shown;
  });
}
