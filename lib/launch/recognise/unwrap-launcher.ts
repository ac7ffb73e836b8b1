import { fromCwd, goOn, moduleOf, type Place, type Step, startOf, takeAssignments } from './command.ts';
import { parseShellCommands } from './shell-words.ts';
import type { Wrapper } from './wrappers.ts';

/** Takes a launcher's own options and words away, from behind its name. */
export function unwrapLauncher(args: readonly string[], wrapper: Wrapper, place: Place): Step {
  if (wrapper.needsDashes === true) {
    const dashes = args.indexOf('--');
    return dashes < 0 ? null : goOn(args.slice(dashes + 1), place);
  }
  const takes = countsOf(wrapper);
  let { env, cwd } = place;
  let at = 0;
  for (; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!word.startsWith('-')) break;
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const option = equals < 0 ? word : word.slice(0, equals);
    if (wrapper.never?.includes(option) === true) return null;
    const value = equals < 0 ? args[at + 1] : word.slice(equals + 1);
    const rest = args.slice(equals < 0 ? at + 2 : at + 1);
    if (wrapper.modules === true && (option === '-m' || option === '--module')) {
      return value === undefined ? null : startOf(moduleOf(value, rest, { env, cwd }));
    }
    if (wrapper.directory?.includes(option) === true && value !== undefined) cwd = fromCwd(value, cwd);
    if (wrapper.environment === true) {
      if (option === '-i' || option === '--ignore-environment' || option === '-') env = {};
      if ((option === '-u' || option === '--unset') && value !== undefined)
        env = { ...env, [value]: undefined };
      if (option === '-S' || option === '--split-string') return splitString(value, rest, { env, cwd });
    }
    if (equals < 0) at += takes.get(option) ?? 0;
  }
  at += wrapper.words ?? 0;
  if (wrapper.assigns === true) {
    const assigned = takeAssignments(args.slice(at));
    at += assigned.count;
    env = { ...env, ...assigned.env };
  }
  return goOn(args.slice(at), { env, cwd });
}

/** What stands behind the verb, with the options in front of it; `null` when it is another verb's line. */
export function behindVerb(args: readonly string[], wrapper: Wrapper): readonly string[] | null {
  if (wrapper.verb === undefined) return args;
  const takes = countsOf(wrapper);
  let at = 0;
  while (args[at]?.startsWith('-') === true) at += 1 + (takes.get(args[at] ?? '') ?? 0);
  for (const verb of wrapper.verb) {
    const words = verb.split(' ');
    if (words.every((word, index) => args[at + index] === word)) {
      return [...args.slice(0, at), ...args.slice(at + words.length)];
    }
  }
  return null;
}

function countsOf({ valued, double, directory = [] }: Wrapper): ReadonlyMap<string, number> {
  const takes = new Map<string, number>(directory.map((option) => [option, 1]));
  for (const option of valued?.split(' ') ?? []) takes.set(option, 1);
  for (const option of double?.split(' ') ?? []) takes.set(option, 2);
  return takes;
}

/** `env -S 'A=b vllm serve'`, as the first line of a script has it. */
function splitString(text: string | undefined, rest: readonly string[], place: Place): Step {
  const commands = text === undefined ? null : parseShellCommands(text, { env: place.env, positional: [] });
  const [only, ...more] = commands ?? [];
  return only === undefined || more.length > 0 ? null : goOn(['env', ...only.words, ...rest], place);
}
