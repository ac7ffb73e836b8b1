import { fromCwd, goOn, type Place, type Step, takeAssignments } from './command.ts';
import { parseShellCommands } from './shell-words.ts';

/** More commands than this before the server are a script. */
const MAX_COMMANDS = 32;
const WITH_VALUE = new Set(['-o', '+o', '-O', '+O', '--rcfile', '--init-file']);

/** What a shell may do before the server without changing which model it finds. */
const HARMLESS = new Set([
  'set',
  'ulimit',
  'umask',
  'source',
  '.',
  'true',
  ':',
  'echo',
  'mkdir',
  'sleep',
  'date',
  'trap',
]);

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

function unwrapString(text: string, positional: readonly string[], place: Place): Step {
  let { env, cwd } = place;
  for (let index = 0; index < MAX_COMMANDS; index += 1) {
    // Read again each time: what a command assigns is what the next one sees.
    const command = parseShellCommands(text, { env, positional })?.[index];
    if (command === undefined) return null;
    const assigned = takeAssignments(command.words);
    const words = command.words.slice(assigned.count);
    const [name, ...rest] = words;
    if (name === undefined) env = { ...env, ...assigned.env };
    else if (name === 'export') env = { ...env, ...takeAssignments(rest).env };
    else if (name === 'cd') {
      const [directory] = rest;
      if (rest.length !== 1 || directory === undefined || directory.startsWith('-')) return null;
      cwd = fromCwd(directory, cwd);
    } else if (!HARMLESS.has(name)) {
      // A server stays: what comes behind it, or reads what it prints, doesn't matter.
      return goOn(words, { env: { ...env, ...assigned.env }, cwd });
    }
    if (command.joinedBy === '|') return null;
  }
  return null;
}
