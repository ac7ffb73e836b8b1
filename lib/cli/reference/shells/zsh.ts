import type { OptionShape, VerbShape } from '../describe.ts';
import type { Branch } from '../tree.ts';

/** A completion script for zsh. */
export function zshCompletion(verbs: readonly VerbShape[], branches: readonly Branch[]): string {
  const groups = branches.filter(({ below }) => below.length > 0);
  return `#compdef warmset
# zsh completion for warmset: source <(warmset completion zsh)
_warmset() {
  local -a verbs
  local verb=$words[2]
  if ((CURRENT == 2)); then
    verbs=(
${branches.map(({ name, summary }) => `      ${described(name, summary)}\n`).join('')}    )
    _describe -t verbs verb verbs
    return
  fi
  case $verb in
${groups.map(groupCase).join('')}  esac
  case $verb in
${verbs.map(verbCase).join('')}  esac
}
compdef _warmset warmset
`;
}

function groupCase({ name, below }: Branch): string {
  return `    ${name})
      if ((CURRENT == 3)); then
        verbs=(
${below.map((verb) => `          ${described(verb.name, verb.summary)}\n`).join('')}        )
        _describe -t verbs verb verbs
        return
      fi
      verb="$verb $words[3]" ;;
`;
}

function verbCase({ words, options, arguments: given }: VerbShape): string {
  const choices = given.flatMap((argument) => argument.choices).join(' ');
  const rest = choices === '' ? "'*:target:_files'" : `'1:word:(${choices})'`;
  const specs = options.map((option) => `        ${spec(option)} \\\n`).join('');
  // The words of the verb itself are no arguments of its own.
  return `    '${words.join(' ')}')
      ((CURRENT -= ${words.length})); shift ${words.length} words
      _arguments -S \\
${specs}        ${rest} ;;
`;
}

function spec({ short, long, description, value, choices }: OptionShape): string {
  const said = `[${description.replace(/[[\]\\]/g, '\\$&')}]`;
  const after = value === null ? '' : `:${value}:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}`;
  const names = short === null ? [long] : [short, long];
  return names.map((name) => quote(`${name}${said}${after}`)).join(' ');
}

function described(name: string, summary: string): string {
  return quote(`${name}:${summary.replace(/[\\:]/g, '\\$&')}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
