/** Labels with their texts beside them. */
import { dim, plain, type Style } from './style.ts';
import type { Terminal } from './terminal.ts';
import { displayWidth, pad, wrap } from './width.ts';

// Narrower than this a text beside its key can't be read: then it stands below.
const LEAST_ROOM = 16;
const INDENT = 4;

export interface BesideStyles {
  readonly keyStyle?: Style;
  readonly style?: Style;
}

/** A key and a text beside it, which goes on below itself where the terminal is too narrow. */
export function beside(
  terminal: Terminal,
  key: string,
  text: string,
  { keyStyle = plain, style = plain }: BesideStyles = {},
): string[] {
  const { columns } = terminal;
  const width = displayWidth(key) + 1;
  const styledKey = keyStyle(terminal, key);
  if (columns !== null && columns - width < LEAST_ROOM && width + displayWidth(text) > columns) {
    const lines = wrap(text, columns - INDENT).map((line) => ' '.repeat(INDENT) + style(terminal, line));
    return [styledKey.trimEnd(), ...lines];
  }
  return wrap(text, columns === null ? null : columns - width).map((line, index) => {
    const styled = style(terminal, line);
    return index === 0 ? `${styledKey} ${styled}`.trimEnd() : ' '.repeat(width) + styled;
  });
}

/** {@link beside} for several, their texts below each other. */
export function pairs(
  terminal: Terminal,
  entries: readonly (readonly [key: string, text: string])[],
  keyWidth: number,
): string[] {
  return entries.flatMap(([key, text]) => beside(terminal, pad(key, keyWidth - 1), text, { keyStyle: dim }));
}
