/** Time stamps of log lines, and the time between two. */
import { outerStamp, type StampForm } from './wrappers.ts';

/**
 * A point on some clock, in milliseconds since something: a stamp without a year counts since the beginning of its
 * year, one without a date since midnight, and some servers count since they were started.
 */
export interface Stamp {
  readonly ms: number;
  readonly since: '1970' | 'year' | 'midnight' | 'start';
  /** Whether it says more than whole seconds. */
  readonly fine?: boolean;
  /** The day that most years don't have. */
  readonly leapDay?: boolean;
}

/** What is known of when a line was written. Stamps of different clocks are never compared with each other. */
export interface LineTimes {
  /** By whoever wrapped the server's output. */
  readonly outer: Stamp | null;
  /** By the server itself. */
  readonly inner: Stamp | null;
  /** When it arrived here, in milliseconds of the caller's clock. */
  readonly arrival: Stamp | null;
}

const DAY = 86_400_000;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const COMMON_YEAR = 2023;

/** Milliseconds from one stamp to a later one of the same clock; null where they can't be that. */
export function msBetween(from: Stamp | null, to: Stamp | null): number | null {
  if (from === null || to === null || from.since !== to.since) return null;
  let ms = to.ms - from.ms;
  // A little less than nothing is disorder between processes; only nearly a whole turn is the turn of the clock.
  if (from.since === 'midnight' && ms < -DAY / 2) ms += DAY;
  if (from.since === 'year' && ms < (-365 * DAY) / 2) ms += 365 * DAY;
  // The common year has put 29 February and 1 March on the same day.
  if (from.leapDay === true && to.leapDay !== true) ms += DAY;
  return ms < 0 ? null : ms;
}

export function timesOf(line: string, atMs: number | null): LineTimes {
  const outer = outerStamp(line);
  return {
    outer: outer === null ? null : parseOuter(outer.form, outer.text),
    inner: innerStamp(line),
    arrival: atMs === null ? null : { ms: atMs, since: '1970' },
  };
}

function parseOuter(form: StampForm, text: string): Stamp | null {
  switch (form) {
    case 'iso':
      return isoStamp(text);
    case 'unix':
      return { ms: Number(text) * 1000, since: '1970', fine: true };
    case 'clock':
      return stampOf('midnight', 0, text);
    case 'syslog': {
      const month = MONTHS.indexOf(text.slice(0, 3)) / 3;
      return Number.isInteger(month) && month >= 0
        ? yearless(month, Number(text.slice(4, 6)), text.slice(7))
        : null;
    }
  }
}

const ISO = /(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,9})?) ?(?:([+-])(\d\d):?(\d\d))?/;

function isoStamp(text: string): Stamp | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year, month, day, clock = '', sign = '+', hours = '0', minutes = '0'] = match;
  const east = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  return stampOf('1970', Date.UTC(Number(year), Number(month) - 1, Number(day)) - east, clock);
}

function yearless(month: number, day: number, clock: string): Stamp {
  const stamp = stampOf('year', Date.UTC(COMMON_YEAR, month, day), clock);
  return month === 1 && day === 29 ? { ...stamp, leapDay: true } : stamp;
}

/** @param clock `HH:MM:SS`, with a fraction behind a point or comma */
function stampOf(since: Stamp['since'], dayMs: number, clock: string): Stamp {
  const whole = Number(clock.slice(0, 2)) * 3600 + Number(clock.slice(3, 5)) * 60 + Number(clock.slice(6, 8));
  const fine = clock.length > 9;
  return { ms: dayMs + (whole + (fine ? Number(`0.${clock.slice(9)}`) : 0)) * 1000, since, fine };
}

/**
 * The server's own stamp, wherever it stands in the first part of the line: what wraps it needn't be understood.
 * Each form belongs to one kind of server, and no log has two of them on one line.
 */
export function innerStamp(line: string): Stamp | null {
  const head = line.slice(0, 600);
  for (const [pattern, parse] of INNER) {
    const match = pattern.exec(head);
    if (match !== null) return parse(match);
  }
  return null;
}

const INNER: readonly (readonly [RegExp, (match: RegExpExecArray) => Stamp | null])[] = [
  // vLLM: INFO 07-16 09:53:17. Another process may have left half a line before it.
  [
    /(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) (\d\d)-(\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?) /,
    ([, month, day, clock = '']) => yearless(Number(month) - 1, Number(day), clock),
  ],
  // SGLang: [2026-04-27 02:36:03 TP0]
  [
    /\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: [A-Z]{2}\d{1,5}){0,6}\] /,
    ([, text = '']) => isoStamp(text),
  ],
  // TensorRT-LLM: [06/17/2025-16:35:04]
  [
    /\[(\d\d)\/(\d\d)\/(\d{4})-(\d\d:\d\d:\d\d)\] /,
    ([, month, day, year, clock]) => isoStamp(`${year}-${month}-${day} ${clock}`),
  ],
  // Ollama: time=2025-03-05T06:58:54.116Z
  [/\btime=(\d{4}-\S{5,40}) (?:level=)?[A-Z]/, ([, text = '']) => isoStamp(text)],
  // llama.cpp, minutes.seconds.milliseconds.microseconds since it was started: 0.01.010.233 I
  [
    /(?:^|[ \]|])(\d{1,6})\.(\d\d)\.(\d{3})\.(\d{3}) [A-Z] /,
    ([, minutes, secs, ms, us]) => ({
      ms: Number(minutes) * 60_000 + Number(secs) * 1000 + Number(ms) + Number(us) / 1000,
      since: 'start',
      fine: true,
    }),
  ],
];
