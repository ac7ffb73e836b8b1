import { type Command, commandOf, goOn, type Place, type Step, startOf } from './command.ts';
import { behindVerb, unwrapLauncher } from './unwrap-launcher.ts';
import { unwrapPython } from './unwrap-python.ts';
import { unwrapShell } from './unwrap-shell.ts';
import { WRAPPERS } from './wrappers.ts';

/** Deeper than anybody nests launchers. */
const MAX_DEPTH = 16;
const PYTHON = /^(?:python|pypy)(?:\d+(?:\.\d+)*)?t?$/;
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ash', 'ksh']);

/**
 * The program that a command line starts in the end: launchers (`env`, `nice`, `numactl`, `tini`, `uv run`, `torchrun` …),
 * interpreters and shell strings of simple commands are taken away. `null` when that can't be told. Pure.
 */
export function unwrap(argv: readonly string[], place: Place): Command | null {
  let step = goOn(argv, place);
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    if (step === null) return null;
    if (step.kind === 'command') return step.command;
    step = takeOne(step.argv, step.place);
  }
  return null;
}

function takeOne(argv: readonly string[], place: Place): Step {
  const [program, ...args] = argv;
  if (program === undefined || program === '') return null;
  const command = commandOf(program, args, place);
  const { name } = command;
  if (PYTHON.test(name)) return unwrapPython(args, place);
  if (SHELLS.has(name)) return unwrapShell(args, place);
  if (name === 'busybox') return goOn(args, place);
  if (!Object.hasOwn(WRAPPERS, name)) return startOf(command);
  for (const wrapper of WRAPPERS[name] ?? []) {
    const own = behindVerb(args, wrapper);
    if (own !== null) return unwrapLauncher(own, wrapper, place);
  }
  return null;
}
