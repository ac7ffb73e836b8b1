import { WarmsetError } from '../../errors.ts';
import { parseDuration } from '../../units.ts';

/** A whole number of an option, in a range. */
export function wholeNumber(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw refusal(name, `${JSON.stringify(text)} is not a whole number from ${least} to ${most}`);
  };
}

/** Milliseconds of an option, in a range. */
export function duration(
  name: string,
  leastMs: number,
  mostMs: number,
  such: string,
): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text, name);
    if (ms >= leastMs && ms <= mostMs) return ms;
    throw refusal(
      name,
      `${JSON.stringify(text)} is too ${ms < leastMs ? 'short' : 'long'}`,
      `give one such as ${such}`,
    );
  };
}

/** `KEY=VALUE` or `KEY: VALUE`, as often as it is given. */
export function pair(name: string, separator: '=' | ':') {
  return (text: string, others: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => {
    const at = text.indexOf(separator);
    if (at > 0) return { ...others, [text.slice(0, at).trim()]: text.slice(at + 1).trim() };
    const such = separator === '=' ? 'model_name=llama' : "'X-Team: search'";
    throw refusal(name, `${JSON.stringify(text)} has no ${separator}`, `give one such as ${such}`);
  };
}

export function refusal(subject: string, message: string, remedy?: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_ARGUMENT', message, {
    subject,
    remedy: remedy ?? 'give one of these, or leave it out',
  });
}
