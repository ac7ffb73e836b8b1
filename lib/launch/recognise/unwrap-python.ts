import { commandOf, goOn, moduleOf, type Place, type Step, startOf } from './command.ts';

/** Modules that are launchers themselves. */
const LAUNCHERS: Readonly<Record<string, readonly string[]>> = {
  'torch.distributed.run': ['torchrun'],
  'torch.distributed.launch': ['torchrun'],
  'accelerate.commands.launch': ['accelerate', 'launch'],
};

/** `python -u -m MODULE`, `python SCRIPT`; `-c` and a bare one are nobody's server. */
export function unwrapPython(args: readonly string[], place: Place): Step {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) return startOf(commandOf(word, args.slice(at + 1), place));
    if (word.startsWith('--')) continue;
    // One-letter options may share a word: `-um`. These have a value.
    const letter = word.search(/[mcWX]/);
    if (letter < 0) continue;
    const joined = word.slice(letter + 1);
    const isNext = joined === '';
    const value = isNext ? args[at + 1] : joined;
    if (word[letter] === 'c' || value === undefined) return null;
    if (word[letter] === 'm') return startModule(value, args.slice(isNext ? at + 2 : at + 1), place);
    if (isNext) at += 1;
  }
  return null;
}

function startModule(module: string, args: readonly string[], place: Place): Step {
  const launcher = Object.hasOwn(LAUNCHERS, module) ? LAUNCHERS[module] : undefined;
  return launcher === undefined
    ? startOf(moduleOf(module, args, place))
    : goOn([...launcher, ...args], place);
}
