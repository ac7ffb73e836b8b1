import os from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLog, type LogFields, type LogFormat, type LogLevel } from '../../../lib/cli/log.ts';
import { WarmsetError } from '../../../lib/errors.ts';

const NEW_YEAR = Date.UTC(2026, 0, 1);
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function logged(
  format: LogFormat,
  use: (log: ReturnType<typeof createLog>) => void,
  level: LogLevel = 'debug',
): string {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  use(createLog({ format, level, write, now: () => NEW_YEAR }));
  return text;
}

function plain(fields: LogFields, message = 'done'): string {
  return logged('plain', (log) => log.info('fill', message, fields));
}

function json(fields: LogFields, message = 'done'): Record<string, unknown> {
  return JSON.parse(logged('json', (log) => log.info('fill', message, fields)));
}

describe('levels', () => {
  test.each(LEVELS)('%s leaves out what is less', (least) => {
    const text = logged('plain', (log) => LEVELS.forEach((level) => void log[level](level, 'x')), least);
    const events = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(/ +/)[2]);
    expect(events).toEqual(LEVELS.slice(LEVELS.indexOf(least)));
  });

  test('are pino’s numbers', () => {
    const text = logged('json', (log) => LEVELS.forEach((level) => void log[level]('x', 'y')));
    const numbers = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).level);
    expect(numbers).toEqual([20, 30, 40, 50]);
  });
});

describe('plain', () => {
  test('is a line for people', () => {
    expect(plain({ set: 'llama', bytes: 42, ratio: 0.5, whole: true, none: null })).toBe(
      '2026-01-01T00:00:00.000Z info  fill  done set=llama bytes=42 ratio=0.5 whole=true none=null\n',
    );
    expect(logged('plain', (log) => log.error('stop', 'the end'))).toBe(
      '2026-01-01T00:00:00.000Z error stop  the end\n',
    );
  });

  test('quotes what could be mistaken', () => {
    expect(
      plain({ a: 'two words', b: '', c: 'x=y', d: '"', 'e f': 1, g: ['h', 2n], i: undefined }),
    ).toContain(`${String.raw`done a="two words" b="" c="x=y" d="\"" "e f"=1 g="[\"h\",\"2\"]"`}\n`);
  });

  test('has an error’s words and code, not its stack', () => {
    const error = new WarmsetError('WARMSET_LISTEN', 'the port is taken');
    expect(plain({ error })).toContain('done error="the port is taken (WARMSET_LISTEN)"\n');
    const system = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    expect(plain({ error: system })).toContain('done error="EIO: i/o error, read"\n');
  });

  test('a hostile name begins no line and steers no terminal', () => {
    const name = '/m\n2026-01-01T00:00:00.000Z error fake  \u001b[2J\u202e\u0085\u2028x';
    expect(plain({ path: name }, name)).toBe(
      '2026-01-01T00:00:00.000Z info  fill  ' +
        String.raw`/m\n2026-01-01T00:00:00.000Z error fake  \x1b[2J\u202e\x85\u2028x ` +
        String.raw`path="/m\n2026-01-01T00:00:00.000Z error fake  \u001b[2J\u202e\u0085\u2028x"` +
        '\n',
    );
  });
});

describe('json', () => {
  test('is pino’s format', () => {
    const line = logged('json', (log) => log.warn('guard', 'slow', { rate: 12 }));
    const { pid } = process;
    expect(line).toBe(
      `{"level":40,"time":${NEW_YEAR},"pid":${pid},"hostname":${JSON.stringify(os.hostname())},` +
        `"event":"guard","msg":"slow","rate":12}\n`,
    );
  });

  test('an error has its type, code, stack, and what caused it', () => {
    const cause = Object.assign(new Error('EADDRINUSE'), { code: 'EADDRINUSE', port: 9464 });
    const error = new WarmsetError('WARMSET_LISTEN', 'the port is taken', { cause, remedy: 'take another' });
    expect(json({ error })).toMatchObject({
      error: {
        type: 'WarmsetError',
        code: 'WARMSET_LISTEN',
        message: 'the port is taken',
        remedy: 'take another',
        stack: expect.stringContaining('log.test.ts'),
        cause: { type: 'Error', code: 'EADDRINUSE', port: 9464, stack: expect.any(String) },
      },
    });
  });

  test('whatever has no form in JSON has one here', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle.self = circle;
    const fields = {
      big: 2n ** 64n,
      nan: Number.NaN,
      gone: undefined,
      call: () => 1,
      sign: Symbol('s'),
      bytes: Buffer.from('/models'),
      when: new Date(NEW_YEAR),
      never: new Date(Number.NaN),
      map: new Map([['a', 1n]]),
      set: new Set([1]),
      twice: [circle, circle],
      throws: {
        get x(): never {
          throw new Error('no');
        },
      },
    };
    const { level, time, pid, hostname, event, msg, ...rest } = json(fields);
    expect(rest).toEqual({
      big: '18446744073709551616',
      nan: null,
      call: '[function]',
      sign: '[symbol]',
      bytes: '/models',
      when: '2026-01-01T00:00:00.000Z',
      never: null,
      map: { a: '1' },
      set: [1],
      twice: [
        { name: 'circle', self: '[circular]' },
        { name: 'circle', self: '[circular]' },
      ],
      throws: '[unreadable]',
    });
  });

  test('a field can’t pass for the line’s own', () => {
    expect(json({ level: 60, msg: 'other', pid: 1, __proto__x: 1 })).toMatchObject({
      level: 30,
      msg: 'done',
      pid: process.pid,
      level_: 60,
      msg_: 'other',
      pid_: 1,
    });
  });

  test('a value of any depth ends', () => {
    let deep: unknown = 'bottom';
    for (let at = 0; at < 100_000; at++) deep = [deep];
    expect(JSON.stringify(json({ deep }))).toContain('[deep]');
  });
});

describe('whatever is logged', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
    stringUnit: 'binary',
  });
  const text = fc.string({ unit: 'binary' });
  const fields = fc.dictionary(text, anything);

  test('it is one line of printable text in both formats', () => {
    fc.assert(
      fc.property(text, text, fields, (event, message, values) => {
        for (const format of ['plain', 'json'] as const) {
          const line = logged(format, (log) => log.info(event, message, values));
          expect(line.endsWith('\n')).toBe(true);
          expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        }
      }),
    );
  });

  test('JSON reads back as what it was, keys and all', () => {
    fc.assert(
      fc.property(text, fc.dictionary(text, text), (message, values) => {
        const line = json(values, message);
        expect(line.msg).toBe(message);
        for (const [key, value] of Object.entries(values)) {
          expect(Object.hasOwn(line, key) ? line[key] : line[`${key}_`]).toBe(value);
        }
      }),
    );
  });

  test('fields that can’t be read are no reason to fail', () => {
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(json(trap)).toMatchObject({ msg: 'done', fields: '[unreadable]' });
    const error = new Error('odd');
    Object.defineProperty(error, 'stack', {
      get() {
        throw new Error('no');
      },
    });
    expect(
      json({
        error,
        inner: new Proxy([], {
          get() {
            throw new Error('no');
          },
        }),
      }),
    ).toMatchObject({
      error: '[unreadable]',
      inner: '[unreadable]',
    });
  });
});
