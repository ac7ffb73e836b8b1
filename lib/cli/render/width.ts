/** How wide text is on a terminal, and how to make it fit. */
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from './terminal.ts';

// Takes longer to make than a whole line to print, and most names are ASCII.
let segmenter: Intl.Segmenter | undefined;

function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter;
}

const ASCII = /^[ -~]*$/;
// East Asian Wide and Fullwidth, apart from emoji, which Unicode has a property for.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
// Hangul vowels and finals join the syllable that the leading consonant has made room for.
const ZERO = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]/u;

function graphemeWidth(grapheme: string): number {
  if (EMOJI.test(grapheme)) return 2;
  let width = 0;
  for (const char of grapheme) width += ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

function split(text: string): string[] {
  return ASCII.test(text) ? [...text] : Array.from(graphemes().segment(text), ({ segment }) => segment);
}

/** Columns that the text takes on a terminal: colours take none, CJK and emoji two, combining marks none. */
export function displayWidth(text: string): number {
  const bare = stripVTControlCharacters(text);
  if (ASCII.test(bare)) return bare.length;
  return split(bare).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

function take(parts: readonly string[], width: number): number {
  let used = 0;
  let count = 0;
  for (const part of parts) {
    used += graphemeWidth(part);
    if (used > width) break;
    count += 1;
  }
  return count;
}

function takeStart(text: string, width: number): string {
  const parts = split(text);
  return parts.slice(0, take(parts, width)).join('');
}

function takeEnd(text: string, width: number): string {
  const parts = split(text);
  return parts.slice(parts.length - take(parts.toReversed(), width)).join('');
}

/** The mark that stands for what was left out. */
export function ellipsis(terminal: Terminal): string {
  return terminal.unicode ? '…' : '...';
}

/**
 * Shortens a path to `width` columns and keeps its end, where names differ: `…/llama/model-00003.safetensors`.
 * Whole directories go first; a file name that is too long by itself loses its middle. Takes text without colours.
 *
 * @param headShare How much of a name that loses its middle comes from its beginning.
 */
export function truncateMiddle(terminal: Terminal, text: string, width: number, headShare = 1 / 3): string {
  if (displayWidth(text) <= width) return text;
  const mark = ellipsis(terminal);
  const room = width - displayWidth(mark);
  if (room < 1) return takeEnd(text, Math.max(width, 0));
  for (let slash = text.indexOf('/', 1); slash !== -1; slash = text.indexOf('/', slash + 1)) {
    const end = text.slice(slash);
    if (end.length > 1 && displayWidth(end) <= room) return mark + end;
  }
  const name = text.slice(text.lastIndexOf('/', text.length - 2) + 1);
  if (displayWidth(name) <= room) return mark + name;
  const head = takeStart(name, Math.floor(room * headShare));
  return head + mark + takeEnd(name, room - displayWidth(head));
}

/**
 * {@link truncateMiddle} for names that stand below each other: where cutting the middle would make different names
 * look the same (`model-…5.safetensors`), the cut moves to where the fewest do.
 */
export function truncateAll(terminal: Terminal, texts: readonly string[], width: number): string[] {
  const attempts = [1 / 3, 2 / 3, 1, 0].map((headShare) =>
    texts.map((text) => truncateMiddle(terminal, text, width, headShare)),
  );
  const distinct = attempts.map((attempt) => new Set(attempt).size);
  return attempts[distinct.indexOf(Math.max(...distinct))] ?? [...texts];
}

/** Shortens a sentence to `width` columns by its end. Takes text without colours. */
export function truncateEnd(terminal: Terminal, text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const mark = ellipsis(terminal);
  const room = width - displayWidth(mark);
  return room < 1 ? takeStart(text, Math.max(width, 0)) : takeStart(text, room).trimEnd() + mark;
}

/** Fills up to `width` columns with spaces; text that is wider stays as it is. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Breaks text between words into lines of at most `width` columns; a longer word has a line to itself. */
export function wrap(text: string, width: number | null): string[] {
  if (width === null || displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

// Controls could move the cursor or start an escape sequence; bidi marks could reorder what stands beside the name.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(char: string): string {
  const named = NAMED[char];
  if (named !== undefined) return named;
  const code = char.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/**
 * A name that can't steer a terminal: control, bidi and line-separating characters are written as escapes.
 * A backslash stays as it is, so doing it twice changes nothing.
 */
export function printable(name: string): string {
  return name.replace(UNPRINTABLE, escapeCharacter);
}
