import { closest } from '../../closest.ts';
import { WarmsetError } from '../../errors.ts';
import { RUN_OPTIONS, type RunOption } from './run-options.ts';

/** One option, in the order given. */
export interface GivenOption {
  readonly name: string;
  /** Null for a switch. */
  readonly value: string | null;
  /** Which word the value is; null where it is part of the option's own. */
  readonly valueAt: number | null;
}

/** The words of `warmset run`, taken apart and not yet understood. */
export interface RunWords {
  readonly options: readonly GivenOption[];
  /** Where among the words the command begins. */
  readonly commandAt: number;
  readonly help: boolean;
}

/**
 * Everything behind `--`, or from the first word that is no option, is the command. A parser of a few lines, because
 * loading the one of the other verbs would be time that the server waits. Pure.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export function scanRunWords(words: readonly string[]): RunWords {
  const options: GivenOption[] = [];
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? '';
    at += 1;
    if (word === '--') return { options, commandAt: at, help: false };
    if (word === '--help' || word === '-h') return { options, commandAt: at, help: true };
    if (!word.startsWith('-') || word === '-') return { options, commandAt: at - 1, help: false };
    const [name = '', given] = word.startsWith('--') ? splitOnce(word) : [word];
    const option = RUN_OPTIONS.find((one) => one.name === name || one.short === name);
    if (!option) throw unknownOption(name);
    if (option.value === undefined) {
      if (given !== undefined) throw refusal(option, 'it takes no value');
      options.push({ name: option.name, value: null, valueAt: null });
      continue;
    }
    const value = given ?? words[at];
    if (value === undefined || (given === undefined && value === '--'))
      throw refusal(option, 'its value is missing');
    options.push({ name: option.name, value, valueAt: given === undefined ? at : null });
    if (given === undefined) at += 1;
  }
  return { options, commandAt: words.length, help: false };
}

function splitOnce(word: string): [name: string, value?: string] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function refusal({ name, value }: RunOption, message: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_ARGUMENT', message, {
    subject: name,
    remedy: value === undefined ? `write ${name} alone` : `write ${name} ${value.toUpperCase()}`,
  });
}

function unknownOption(name: string): WarmsetError {
  const meant = closest(
    name,
    RUN_OPTIONS.filter(({ hidden }) => !hidden).map((option) => option.name),
  );
  return new WarmsetError('WARMSET_BAD_ARGUMENT', `unknown option '${name}'`, {
    remedy:
      meant === undefined
        ? 'see warmset run --help; the options of the server come behind --'
        : `did you mean ${meant}? the options of the server come behind --`,
  });
}
