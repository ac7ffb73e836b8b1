import type { Command, Help } from 'commander';
import { pairs } from './render/pairs.ts';
import type { Terminal } from './render/terminal.ts';
import { displayWidth, wrap } from './render/width.ts';

/** What `warmset VERB --help` says, before the example: as `warmset --help` lays things out. */
export function renderVerbHelp(terminal: Terminal, command: Command, help: Help): string {
  const entries = [
    ...help
      .visibleArguments(command)
      .map(
        (argument) =>
          [help.argumentTerm(argument).toUpperCase(), help.argumentDescription(argument)] as const,
      ),
    ...help
      .visibleOptions(command)
      .map((option) => [help.optionTerm(option), help.optionDescription(option)] as const),
  ];
  const usage = command.registeredArguments.map((argument) => {
    const name = `${argument.name().toUpperCase()}${argument.variadic ? '...' : ''}`;
    return argument.required ? name : `[${name}]`;
  });
  const width = Math.max(...entries.map(([term]) => displayWidth(term)));
  const lines = [
    ...wrap(['Usage:', command.name(), '[options]', ...usage].join(' '), terminal.columns),
    '',
    ...wrap(help.commandDescription(command), terminal.columns),
    '',
    ...pairs(
      terminal,
      entries.map(([term, text]) => [`  ${term}`, text] as const),
      width + 4,
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
