import type { VerbShape } from '../describe.ts';
import type { Branch } from '../tree.ts';

/** A completion script for bash. Names of options and verbs hold no character that a shell would read otherwise. */
export function bashCompletion(verbs: readonly VerbShape[], branches: readonly Branch[]): string {
  const names = branches.map(({ name }) => name);
  const groups = branches.filter(({ below }) => below.length > 0);
  return `# bash completion for warmset: eval "$(warmset completion bash)"
_warmset() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local verb=\${COMP_WORDS[1]} words= value=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${[...names, 'help', '--help', '--version'].join(' ')}' -- "$current"))
    return
  fi
  case $verb in
${groups
  .map(
    ({ name, below }) => `    ${name})
      if ((COMP_CWORD == 2)); then
        COMPREPLY=($(compgen -W '${[...below.map((verb) => verb.name), '--help'].join(' ')}' -- "$current"))
        return
      fi
      verb="$verb \${COMP_WORDS[2]}" ;;
`,
  )
  .join('')}  esac
  case $verb in
${verbs.map(verbCase).join('')}  esac
  if [[ $value == any ]]; then
    return
  elif [[ -n $value ]]; then
    COMPREPLY=($(compgen -W "$value" -- "$current"))
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -o bashdefault -F _warmset warmset
`;
}

function verbCase({ words, options, arguments: given }: VerbShape): string {
  const names = options.flatMap(({ short, long }) => (short === null ? [long] : [short, long]));
  const values = options.flatMap(({ long, short, value, choices }) => {
    if (value === null || isPath(value)) return [];
    const pattern = short === null ? long : `${short} | ${long}`;
    return [`        ${pattern}) value='${choices.length > 0 ? choices.join(' ') : 'any'}' ;;\n`];
  });
  const inner =
    values.length > 0 ? `      case $previous in\n${values.join('')}      esac ;;\n` : '      ;;\n';
  const choices = given.flatMap((argument) => argument.choices).join(' ');
  const first = choices === '' ? '' : `      [[ $current == -* ]] || value='${choices}'\n`;
  return `    '${words.join(' ')}')\n      words='${names.join(' ')}'\n${first}${inner}`;
}

function isPath(value: string): boolean {
  return /file|dir|target|path/i.test(value);
}
