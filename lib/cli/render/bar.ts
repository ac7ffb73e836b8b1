/** A share as a bar. */
import { plain, type Style } from './style.ts';
import type { Terminal } from './terminal.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * As many cells as the share has of all, in eighths where the terminal has such characters. What is more than nothing
 * is seen; what is more than the whole ends with the whole.
 */
export function renderBar(terminal: Terminal, share: number, cells: number, style: Style = plain): string {
  if (!(share > 0)) return '';
  const filled = Math.min(share, 1) * cells;
  if (!terminal.unicode) return style(terminal, '#'.repeat(Math.max(1, Math.round(filled))));
  const eighths = Math.max(1, Math.round(filled * 8));
  return style(terminal, '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? ''));
}
