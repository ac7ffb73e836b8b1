import { Command, type Option } from 'commander';
import { openSession } from '../session.ts';
import { everyVerb } from '../verbs.ts';

export interface OptionShape {
  /** As `--help` shows it: `-q, --quiet`, `--max-bytes <size>`. */
  readonly flags: string;
  readonly short: string | null;
  readonly long: string;
  readonly description: string;
  /** What stands behind it: `size`; `null` where nothing does. */
  readonly value: string | null;
  /** The only values it takes; empty where it takes any. */
  readonly choices: readonly string[];
}

export interface ArgumentShape {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly variadic: boolean;
  /** The only words it takes; empty where it takes any. */
  readonly choices: readonly string[];
}

/** A verb as completions and man pages need it. */
export interface VerbShape {
  /** `['snapshot', 'save']`. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly arguments: readonly ArgumentShape[];
  readonly options: readonly OptionShape[];
  /** Command lines. */
  readonly examples: readonly string[];
}

/** Every verb, from its own definition: what is written about them can't differ from what they do. */
export async function describeVerbs(): Promise<readonly VerbShape[]> {
  // Definitions take one; nothing is done with it until a command runs.
  const { session, end } = openSession();
  end();
  return Promise.all(
    everyVerb().map(async ({ words, verb }) => {
      let help = '';
      const command = new Command(words.join(' '))
        .helpOption('-h, --help', 'how to use it, with an example')
        .configureOutput({
          writeOut: (text) => {
            help += text;
          },
        });
      (await verb.load()).define(command, session, () => {});
      command.outputHelp();
      return {
        words,
        summary: verb.summary,
        arguments: command.registeredArguments.map((argument) => ({
          name: argument.name(),
          description: argument.description,
          required: argument.required,
          variadic: argument.variadic,
          choices: argument.argChoices ?? [],
        })),
        options: command.createHelp().visibleOptions(command).map(toShape),
        examples: [...help.matchAll(/^ {2}\$ (.+)$/gm)].flatMap(([, line]) => line ?? []),
      };
    }),
  );
}

function toShape(option: Option): OptionShape {
  return {
    flags: option.flags,
    short: option.short ?? null,
    long: option.long ?? option.flags,
    description: option.description,
    value: /[<[](.+)[>\]]/.exec(option.flags)?.[1] ?? null,
    choices: option.argChoices ?? [],
  };
}
