import { describe, expect, it } from 'vitest';
import { bad, bold, plain } from '../../../../lib/cli/render/style.ts';
import { describeTerminal, PLAIN } from '../../../../lib/cli/render/terminal.ts';

const tty = { isTTY: true, columns: 100 };
const pipe = {};

describe('describeTerminal', () => {
  it('promises a pipe nothing', () => {
    expect(describeTerminal(pipe, { LANG: 'C.UTF-8', TERM: 'xterm' })).toEqual(PLAIN);
  });

  it('takes the width from the terminal, and a common one where it has none', () => {
    expect(describeTerminal(tty, {}).columns).toBe(100);
    expect(describeTerminal({ isTTY: true, columns: 0 }, {}).columns).toBe(80);
    expect(describeTerminal({ isTTY: true }, {}).columns).toBe(80);
  });

  it.each([
    [tty, {}, true],
    [pipe, {}, false],
    [tty, { NO_COLOR: '1' }, false],
    [tty, { NO_COLOR: '' }, true],
    [tty, { TERM: 'dumb' }, false],
    [pipe, { FORCE_COLOR: '1' }, true],
    [pipe, { FORCE_COLOR: '' }, true],
    [tty, { FORCE_COLOR: '0' }, false],
    [tty, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('%j with %j has colour: %j', (stream, env, colour) => {
    expect(describeTerminal(stream, env).colour).toBe(colour);
  });

  it.each([
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LC_ALL: 'C', LANG: 'C.UTF-8' }, false],
    [{ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' }, true],
    [{}, false],
  ])('%j on a terminal has unicode: %j', (env, unicode) => {
    expect(describeTerminal(tty, env).unicode).toBe(unicode);
  });

  it('treats a terminal that cannot redraw a line as a pipe', () => {
    expect(describeTerminal(tty, { TERM: 'dumb', LANG: 'C.UTF-8' })).toEqual(PLAIN);
  });
});

describe('styles', () => {
  it('follow the Terminal alone, not the stream that the tests happen to run on', () => {
    const colourful = { ...PLAIN, colour: true };
    expect(bad(colourful, 'x')).toBe('\x1b[31mx\x1b[39m');
    expect(bold(colourful, '')).toBe('');
    expect(bad(PLAIN, 'x')).toBe('x');
    expect(plain(colourful, 'x')).toBe('x');
  });
});
