import { Command, CommanderError } from 'commander';
import { WarmsetError } from '../errors.ts';
import type { Session } from './session.ts';
import { renderVerbHelp } from './verb-help.ts';
import type { Verb } from './verbs.ts';

/** Parses a verb's words and runs it. */
export async function runVerb(
  { name, summary, load }: Verb,
  words: readonly string[],
  session: Session,
  exit: (code: number) => void,
): Promise<void> {
  let help = '';
  // A pipe may be a pager: text that is meant to be read is broken for it too.
  const terminal = { ...session.terminal, columns: session.terminal.columns ?? 80 };
  const command = new Command(`warmset ${name}`)
    .description(summary)
    .exitOverride()
    .helpOption('-h, --help', 'this text')
    .configureOutput({
      // Through the session: a full disk and a closed pipe are answered there.
      writeOut: (text) => {
        help += text;
      },
      // What is wrong is thrown too, and reported like every other error.
      writeErr: () => {},
    })
    .configureHelp({ formatHelp: (shown, help) => renderVerbHelp(terminal, shown, help) });
  (await load()).define(command, session, exit);
  try {
    await command.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, name, command);
    await session.out.write(help);
  }
}

function usageError({ code, message }: CommanderError, verb: string, command: Command): WarmsetError {
  const seeHelp = `see warmset ${verb} --help`;
  if (code === 'commander.missingArgument') {
    const name = /'(.+)'/.exec(message)?.[1];
    if (name !== undefined && name !== 'target') {
      return new WarmsetError('WARMSET_BAD_ARGUMENT', `no ${name.toUpperCase()} was given`, {
        remedy: seeHelp,
      });
    }
    const words = command.registeredArguments.map((argument) =>
      argument.name() === 'target' ? '/models/llama' : argument.name().toUpperCase(),
    );
    return new WarmsetError('WARMSET_BAD_ARGUMENT', 'no targets were given', {
      remedy: `name files, directories, globs or models, or - for a list on standard input: warmset ${verb} ${words.join(' ')}`,
    });
  }
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n');
  // Commander's guess at what was meant is a line of its own.
  const guess = /^\(Did you mean (.+)\?\)$/.exec(more.join(' '))?.[1];
  return new WarmsetError('WARMSET_BAD_ARGUMENT', first, {
    remedy: guess === undefined ? seeHelp : `did you mean ${guess}? ${seeHelp}`,
  });
}
