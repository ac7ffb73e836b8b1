import os from 'node:os';
import { type PlainValue, toPlain } from './log-fields.ts';
import { escapeRest } from './render/json.ts';
import { printable } from './render/width.ts';

export type LogFormat = 'plain' | 'json';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line. `event` is a name that never changes, for programs; `message` a sentence for people. */
export type LogLine = (event: string, message: string, fields?: LogFields) => void;

/** None of these throws, whatever it is given. */
export interface Log {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}

export interface LogOptions {
  /** `json` is pino's format, one object a line; `plain` is for people. */
  readonly format: LogFormat;
  /** The least that is worth a line. */
  readonly level: LogLevel;
  /** Gets whole lines, each with its line end. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** pino's numbers. */
const LEVELS: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

interface Line {
  readonly level: LogLevel;
  readonly time: number;
  readonly event: string;
  readonly message: string;
  readonly fields: readonly (readonly [key: string, value: PlainValue])[];
}

/** A log of lines that stay lines: what is in a file's name can neither begin another nor steer a terminal. */
export function createLog({ format, level: least, write, now = Date.now }: LogOptions): Log {
  const render = format === 'json' ? jsonRenderer() : renderPlain;
  const at = (level: LogLevel): LogLine => {
    if (LEVELS[level] < LEVELS[least]) return () => {};
    return (event, message, fields = {}) => {
      write(`${render({ level, time: now(), event, message, fields: readFields(fields) })}\n`);
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A field that is undefined isn't there. */
function readFields(fields: LogFields): Line['fields'] {
  try {
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    return given.map(([key, value]) => [key, toPlain(value)] as const);
  } catch {
    return [['fields', '[unreadable]']];
  }
}

function jsonRenderer(): (line: Line) => string {
  const own = { pid: process.pid, hostname: os.hostname() };
  return ({ level, time, event, message, fields }) => {
    const base = { level: LEVELS[level], time, ...own, event, msg: message };
    // A field must not pass for the line's own: a reader takes the last of two keys.
    const rest = fields.map(([key, value]) => [Object.hasOwn(base, key) ? `${key}_` : key, value] as const);
    return escapeRest(JSON.stringify(Object.fromEntries([...Object.entries(base), ...rest])));
  };
}

function renderPlain({ level, time, event, message, fields }: Line): string {
  const start = `${new Date(time).toISOString()} ${level.padEnd(5)} ${printable(event)}  ${printable(message)}`;
  return [start, ...fields.map(([key, value]) => `${quote(key)}=${renderValue(value)}`)].join(' ');
}

function renderValue(value: PlainValue): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const error = describeError(value);
  return quote(error ?? JSON.stringify(value));
}

/** An error in a few words; its stack is for the other format. */
function describeError(value: object): string | null {
  if (!('stack' in value && 'message' in value) || typeof value.message !== 'string') return null;
  const code = 'code' in value && typeof value.code === 'string' ? value.code : null;
  return code === null || value.message.includes(code) ? value.message : `${value.message} (${code})`;
}

/** Bare where it can't be mistaken for anything else, otherwise as JSON has it. */
function quote(text: string): string {
  return /^[^\s"=\\\p{C}]+$/u.test(text) ? text : escapeRest(JSON.stringify(text));
}
