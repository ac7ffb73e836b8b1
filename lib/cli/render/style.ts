import { styleText } from 'node:util';
import type { Terminal } from './terminal.ts';

/** Marks a text for one terminal; without colour it is the text itself. */
export type Style = (terminal: Terminal, text: string) => string;

type Format = 'dim' | 'bold' | 'green' | 'yellow' | 'red' | 'cyan';

function style(format: Format): Style {
  return (terminal, text) =>
    // Newer versions of Node would look at process.stdout and drop the colour; our Terminal has decided already.
    terminal.colour && text !== '' ? styleText(format, text, { validateStream: false }) : text;
}

/** Leaves the text as it is. */
export const plain: Style = (_terminal, text) => text;
/** What is there to be skipped over: headers, units, empty space. */
export const dim: Style = style('dim');
/** What the eye should land on first. */
export const bold: Style = style('bold');
/** As wished: resident, done, passed. */
export const good: Style = style('green');
/** Partial, slowed down, worth a look. */
export const warn: Style = style('yellow');
/** Failed or refused. */
export const bad: Style = style('red');
/** A name or value that the reader may want to copy. */
export const accent: Style = style('cyan');
