import type { OptionShape, VerbShape } from '../describe.ts';
import type { Branch } from '../tree.ts';

/** A completion script for fish. */
export function fishCompletion(verbs: readonly VerbShape[], branches: readonly Branch[]): string {
  const names = branches.map(({ name }) => name).join(' ');
  const lines = [
    '# fish completion for warmset: warmset completion fish | source',
    'complete -c warmset -e',
    `complete -c warmset -f -n 'not __fish_seen_subcommand_from ${names}' -l help -s h -d 'what there is'`,
    `complete -c warmset -f -n 'not __fish_seen_subcommand_from ${names}' -l version -s V -d 'the version'`,
    ...branches.map(
      ({ name, summary }) =>
        `complete -c warmset -f -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d ${quote(summary)}`,
    ),
    ...branches.flatMap(({ name, below }) =>
      below.map(
        (verb) =>
          `complete -c warmset -f -n '__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${below.map((one) => one.name).join(' ')}' -a ${verb.name} -d ${quote(verb.summary)}`,
      ),
    ),
    ...verbs.flatMap(({ words, options, arguments: given }) => [
      ...options.map((option) => optionLine(words, option)),
      ...given
        .filter(({ choices }) => choices.length > 0)
        .map(({ choices }) => `complete -c warmset -f -n ${quote(seen(words))} -a '${choices.join(' ')}'`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function optionLine(
  words: readonly string[],
  { short, long, description, value, choices }: OptionShape,
): string {
  const taking = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : value === null ? '' : ' -r';
  const shortly = short === null ? '' : ` -s ${short.slice(1)}`;
  return `complete -c warmset -n ${quote(seen(words))} -l ${long.slice(2)}${shortly}${taking} -d ${quote(description)}`;
}

function seen(words: readonly string[]): string {
  return words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
