import { WarmsetError } from '../../errors.ts';
import type { BudgetChoice } from '../../fill/index.ts';
import type { WaitFor } from '../../launch/options.ts';
import type { Readiness } from '../../launch/readiness/readiness.ts';
import { parseDuration, parseRate, parseShare, parseSize } from '../../units.ts';
import type { GivenOption } from './scan-words.ts';

/** What the options of `warmset run` ask for. */
export interface RunRequest {
  readonly waitFor: WaitFor | undefined;
  readonly budget: BudgetChoice;
  readonly rate: number | undefined;
  readonly guard: boolean;
  readonly dropBehind: boolean;
  readonly readiness: Readiness;
  readonly report: string | undefined;
  readonly log: 'tee' | 'inherit' | 'auto';
  readonly detachFill: boolean;
  readonly quiet: boolean;
  /** The server runs already, with this process id. */
  readonly beside: number | undefined;
  readonly fill: boolean;
}

/** A server and no fill. */
export const BARE_REQUEST: RunRequest = {
  waitFor: undefined,
  budget: {},
  rate: undefined,
  guard: true,
  dropBehind: false,
  readiness: 'none',
  report: undefined,
  log: 'inherit',
  detachFill: false,
  quiet: true,
  beside: undefined,
  fill: false,
};

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a value that makes no sense */
export function readRunRequest(options: readonly GivenOption[]): RunRequest {
  const last = (name: string): string | undefined =>
    options.findLast((option) => option.name === name)?.value ?? undefined;
  const has = (name: string): boolean => options.some((option) => option.name === name);
  const read = <T>(name: string, parse: (text: string, name: string) => T): T | undefined => {
    const text = last(name);
    return text === undefined ? undefined : parse(text, name);
  };
  const request: RunRequest = {
    waitFor: read('--wait-for', parseWaitFor),
    budget: {
      maxBytes: read('--max-bytes', (text, name) => aboveZero(parseSize(text, name), name)),
      fractionOfAvailable: read('--fraction', (text, name) => aboveZero(parseShare(text, name), name)),
    },
    rate: read('--rate', parseRate),
    guard: !has('--no-guard'),
    dropBehind: has('--drop-behind'),
    readiness: read('--readiness', parseReadiness) ?? 'auto',
    report: last('--report'),
    log: read('--log', parseLog) ?? 'auto',
    detachFill: has('--detach-fill'),
    quiet: has('--quiet'),
    beside: read('--beside', parsePid),
    fill: true,
  };
  if (request.detachFill && request.waitFor !== undefined) {
    throw bad(
      '--detach-fill',
      'a server that is held back has somebody who waits',
      'leave --wait-for or this out',
    );
  }
  return request;
}

function parseWaitFor(text: string, name: string): WaitFor {
  let [share, ms]: [number | undefined, number | undefined] = [undefined, undefined];
  for (const part of text.split(',')) {
    if (part === 'all') share = 1;
    else if (part.endsWith('%')) share = parseShare(part, name);
    else ms = parseDuration(part, name);
  }
  return { share, ms };
}

function parseReadiness(text: string, name: string): Readiness {
  if (text === 'auto' || text === 'none') return text;
  if (text.startsWith('log:')) {
    try {
      return { log: new RegExp(text.slice('log:'.length)) };
    } catch (cause) {
      throw bad(
        name,
        cause instanceof Error ? cause.message : String(cause),
        'give a regular expression of JavaScript',
      );
    }
  }
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return { http: text };
  throw bad(
    name,
    `${JSON.stringify(text)} is not one of auto, none, log:REGEX, http://HOST:PORT/PATH`,
    'give one of these, or leave it out',
  );
}

function parseLog(text: string, name: string): 'tee' | 'inherit' {
  if (text === 'tee' || text === 'inherit') return text;
  throw bad(name, `${JSON.stringify(text)} is not one of tee, inherit`, 'give one of these, or leave it out');
}

function parsePid(text: string, name: string): number {
  const pid = Number(text);
  if (Number.isSafeInteger(pid) && pid > 0) return pid;
  throw bad(name, `${JSON.stringify(text)} is not a process id`, 'this option is for warmset itself');
}

function aboveZero(value: number, name: string): number {
  if (value > 0) return value;
  throw bad(name, 'nothing could be read', 'give more than zero, or leave it out');
}

function bad(subject: string, message: string, remedy: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_ARGUMENT', message, { subject, remedy });
}
