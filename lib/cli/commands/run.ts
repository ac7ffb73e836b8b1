import { type Command, Option } from 'commander';
import { RUN_OPTIONS } from '../run/run-options.ts';
import type { Define } from '../verbs.ts';

/** For `--help` alone: everything else of this verb is done before a parser is loaded, by lib/cli/run. */
export const define: Define = (command: Command) => {
  command.argument('[command...]', 'the server: a program and its arguments, behind --');
  for (const { name, short, value, text, hidden } of RUN_OPTIONS) {
    const flags = [short, name].filter((flag) => flag !== undefined).join(', ');
    const option = new Option(value === undefined ? flags : `${flags} <${value}>`, text);
    command.addOption(hidden ? option.hideHelp() : option);
  }
  command.addHelpText('after', '\nExample:\n  $ warmset run --set /models/llama -- vllm serve /models/llama');
};
