import { openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderError } from '../../../../lib/cli/render/report-error.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';
import { displayWidth } from '../../../../lib/cli/render/width.ts';
import { WarmsetError } from '../../../../lib/errors.ts';

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const enomem = Object.assign(new Error('x'), { code: 'ENOMEM', errno: -12, syscall: 'mlock' });

describe('renderError', () => {
  it('says what, why and what to do', () => {
    const error = new WarmsetError('WARMSET_LOCK_LIMIT', 'more than may be locked', {
      subject: '/m/llama',
      remedy: 'raise it with ulimit -l',
      cause: enomem,
    });
    expect(renderError(PLAIN, error)).toEqual([
      'warmset: /m/llama: more than may be locked',
      '    why: cannot mlock: not enough memory (ENOMEM)',
      '     do: raise it with ulimit -l',
    ]);
  });

  it('names the subject once', () => {
    const error = new WarmsetError('WARMSET_BAD_TARGET', '/m/x is a socket', { subject: '/m/x' });
    expect(renderError(PLAIN, error)).toEqual(['warmset: /m/x is a socket']);
  });

  it('translates system errors of Node and of the addon', () => {
    expect(
      renderError(
        PLAIN,
        caught(() => openSync('/nowhere/x', 'r')),
      ),
    ).toEqual([
      'warmset: cannot open /nowhere/x: no such file or directory (ENOENT)',
      '     do: check the spelling, and that the volume is mounted',
    ]);
    const odd = Object.assign(new Error('ENOKEY: something'), {
      code: 'ENOKEY',
      errno: -126,
      syscall: 'read',
    });
    expect(renderError(PLAIN, odd)).toEqual(['warmset: ENOKEY: something']);
  });

  it('puts the attempt first where it is known', () => {
    const error = caught(() => openSync('/nowhere/x', 'r'));
    expect(renderError(PLAIN, error, { action: 'warm /nowhere/x' }).slice(0, 2)).toEqual([
      'warmset: cannot warm /nowhere/x',
      '    why: cannot open /nowhere/x: no such file or directory (ENOENT)',
    ]);
  });

  it('asks to report what nobody foresaw, with the place', () => {
    const lines = renderError(PLAIN, new TypeError('x is undefined'));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('warmset: unexpected TypeError: x is undefined');
    expect(lines[1]).toMatch(/^ {4}why: at .*report-error\.test\.ts/);
    expect(lines[2]).toMatch(/^ {5}do: .*report/);
  });

  it.each(['text', undefined, null, 5, {}])('renders %j, whatever was thrown', (thrown) => {
    expect(renderError(PLAIN, thrown)[0]).toMatch(/^warmset: failed with /);
  });

  it('keeps the lines of a message but none of a name', () => {
    const list = new WarmsetError('WARMSET_NATIVE_LOAD', 'not loaded\ntried a\ntried b');
    expect(renderError(PLAIN, list)).toEqual(['warmset: not loaded', '         tried a', '         tried b']);
    const subject = '/m/x\nwarmset: all is well\x1b[2J';
    const hostile = new WarmsetError('WARMSET_BAD_TARGET', `${subject} is a socket`, { subject });
    expect(renderError(PLAIN, hostile)).toEqual(['warmset: /m/x\\nwarmset: all is well\\x1b[2J is a socket']);
    const path = '/nowhere/a\nb';
    expect(
      renderError(
        PLAIN,
        caught(() => openSync(path, 'r')),
      )[0],
    ).toContain('/nowhere/a\\nb: no such');
  });

  it('hides the line ends of a name in the cause too', () => {
    const cause = caught(() => openSync('/nowhere/a\nb', 'r'));
    const error = new WarmsetError('WARMSET_BAD_TARGET', 'broken', { cause });
    expect(renderError(PLAIN, error)[1]).toContain('/nowhere/a\\nb: no such');
  });

  it('wraps between words on a terminal', () => {
    const error = new WarmsetError('WARMSET_BAD_TARGET', 'word '.repeat(40).trim(), {
      remedy: 'do '.repeat(40),
    });
    const lines = renderError({ ...PLAIN, isTTY: true, columns: 40 }, error);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(40);
    expect(lines[1]).toMatch(/^ {9}word/);
  });
});
