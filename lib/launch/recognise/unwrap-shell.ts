import { fromCwd, type Line, type Place, type Step, takeAssignments } from './command.ts';
import { parseShellCommands } from './shell-words.ts';

/** More commands than this before the server are a script. */
const MAX_COMMANDS = 32;
const WITH_VALUE = new Set(['-o', '+o', '-O', '+O', '--rcfile', '--init-file']);

/** What only a shell can follow: conditions and loops, and builtins that change what later words mean. */
const TOO_CLEVER = new Set(
  (
    'if then elif else fi for while until do done case esac select function [[ coproc eval read mapfile shift pushd popd ' +
    'alias unset local declare typeset readonly return exit getopts'
  ).split(' '),
);

/** `bash -lc 'cd /models && exec vllm serve …' …`: the server among its simple commands, if those before it do no harm. */
export function unwrapShell(args: readonly string[], place: Place): Step {
  let at = 0;
  let isString = false;
  for (; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--' || !/^[-+]./.test(word)) break;
    const letters = /^-[A-Za-z]+$/.test(word) ? word : '';
    if (letters.includes('c')) isString = true;
    if (WITH_VALUE.has(word) || (letters.length > 2 && letters.endsWith('o'))) at += 1;
  }
  if (args[at] === '--') at += 1;
  const text = args[at];
  // Without -c it is a script's file. The word behind the string is its $0.
  return isString && text !== undefined ? unwrapString(text, args.slice(at + 2), place) : null;
}

/** A program changes neither directory nor variables of its shell, so any may stand before the server. */
function unwrapString(text: string, positional: readonly string[], place: Place): Step {
  const lines: Line[] = [];
  let { env, cwd } = place;
  for (let index = 0; index < MAX_COMMANDS; index += 1) {
    // Read again each time: what a command assigns is what the next one sees.
    const commands = parseShellCommands(text, { env, positional });
    if (commands === null) return null;
    const command = commands[index];
    if (command === undefined) break;
    const assigned = takeAssignments(command.words);
    const words = command.words.slice(assigned.count);
    const [name, ...rest] = words;
    if (name === undefined) env = { ...env, ...assigned.env };
    else if (name === 'export') env = { ...env, ...takeAssignments(rest).env };
    else if (name === 'cd') {
      const [directory] = rest;
      if (rest.length !== 1 || directory === undefined || directory.startsWith('-')) break;
      cwd = fromCwd(directory, cwd);
    } else {
      // `set -- …` is what "$@" is from then on.
      if (TOO_CLEVER.has(name) || (name === 'set' && rest.includes('--'))) break;
      lines.push({ argv: words, place: { env: { ...env, ...assigned.env }, cwd } });
      // Nothing comes behind exec, and what reads a pipe starts no server of its own.
      if (name === 'exec' || command.joinedBy === '|') break;
    }
  }
  return { kind: 'lines', lines };
}
