import type { EffectiveValue, Source } from '../../config/index.ts';
import { dim } from './style.ts';
import type { Terminal } from './terminal.ts';
import { displayWidth, pad, printable } from './width.ts';

/** A configuration as YAML that says the same again, with where each value came from behind it. */
export function renderConfig(terminal: Terminal, values: readonly EffectiveValue[]): string[] {
  const rows = values.flatMap((value, index) => rowsOf(value, values[index - 1]));
  // A list may be as long as it likes: its remark stands right behind it.
  const width = Math.max(...rows.map(([text]) => Math.min(displayWidth(text), 44)));
  return rows.map(([text, remark]) =>
    remark === undefined ? text : `${pad(text, width)} ${dim(terminal, `# ${remark}`)}`,
  );
}

type Row = readonly [text: string, remark?: string];

function rowsOf({ keys, text, source }: EffectiveValue, before: EffectiveValue | undefined): Row[] {
  const [section = '', index, inner = index] = keys;
  const key = String(inner ?? section);
  const remark = describeSource(source);
  // What is decided when it is needed stands there to be found, but says nothing.
  const shown = text === null ? `# ${key}:` : `${key}: ${printable(text)}`;
  const [lastSection, lastIndex] = before?.keys ?? [];
  const heading: Row[] = keys.length > 1 && section !== lastSection ? [[`${section}:`]] : [];
  if (keys.length === 1) return [[shown, remark]];
  const first = typeof index === 'number' && (section !== lastSection || index !== lastIndex);
  const indent = typeof index === 'number' ? (first ? '  - ' : '    ') : '  ';
  return [...heading, [indent + shown, remark]];
}

function describeSource(source: Source): string {
  if (source.kind === 'file') return `line ${source.line}`;
  return source.kind === 'environment' ? source.variable : 'default';
}
