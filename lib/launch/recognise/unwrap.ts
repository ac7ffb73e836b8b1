import { type Command, commandOf, goOn, type Line, type Place, type Step, startOf } from './command.ts';
import { behindVerb, unwrapLauncher } from './unwrap-launcher.ts';
import { unwrapPython } from './unwrap-python.ts';
import { unwrapShell } from './unwrap-shell.ts';
import { WRAPPERS } from './wrappers.ts';

/** Deeper than anybody nests launchers. */
const MAX_DEPTH = 16;
/** Shell strings in shell strings multiply. */
const MAX_LOOKS = 256;
const PYTHON = /^(?:python|pypy)(?:\d+(?:\.\d+)*)?t?$/;
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ash', 'ksh']);

/**
 * The programs that a command line starts in the end, in their order: launchers (`env`, `nice`, `numactl`, `tini`,
 * `uv run`, `torchrun` …), interpreters and shell strings of simple commands are taken away. More than one only where a
 * shell string has more than one command. Empty when it can't be told. Pure.
 */
export function unwrap(argv: readonly string[], place: Place): readonly Command[] {
  const commands: Command[] = [];
  const open: { readonly line: Line; readonly depth: number }[] = [{ line: { argv, place }, depth: 0 }];
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const next = open.shift();
    if (next === undefined) break;
    const { line, depth } = next;
    const step = depth > MAX_DEPTH ? null : takeOne(line.argv, line.place);
    if (step?.kind === 'command') commands.push(step.command);
    else open.unshift(...(step?.lines ?? []).map((inner) => ({ line: inner, depth: depth + 1 })));
  }
  return commands;
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
