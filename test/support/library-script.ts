import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.ts';
import { mustRun, type Running, type RunOptions, type RunResult, run, start } from './run.ts';

/**
 * One snippet of ESM in a Node of its own, for what ends with its process: exits, signals, limits, other Node versions.
 * It is the body of an async function with `warmset`, `native`, `at` (the bundle's URL) and `args` in scope; what it
 * returns is printed as one line of JSON, bigints as strings.
 */
export interface ScriptOptions extends RunOptions {
  /** What runs the script. @default this Node */
  readonly node?: string;
  /** A command line put before Node, such as `prlimit --memlock=65536`. */
  readonly wrapper?: readonly string[];
  /** Flags for Node. */
  readonly flags?: readonly string[];
  /** Handed to the snippet, as JSON. */
  readonly args?: unknown;
}

/** Runs a snippet that must succeed, and returns what it returned. */
export async function inScript<T>(snippet: string, options: ScriptOptions = {}): Promise<T> {
  const stdout = await mustRun(...(await scriptCommand(snippet, options)), options);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}

/** Runs a snippet to whatever end it comes to. */
export async function runScript(snippet: string, options: ScriptOptions = {}): Promise<RunResult> {
  return run(...(await scriptCommand(snippet, options)), options);
}

/** Starts a snippet and leaves it running. */
export async function startScript(snippet: string, options: ScriptOptions = {}): Promise<Running> {
  return start(...(await scriptCommand(snippet, options)), options);
}

/** The program and its arguments, for a caller who runs it in a way of its own. */
export async function scriptCommand(
  snippet: string,
  { node = process.execPath, wrapper = [], flags = [], args = null }: ScriptOptions = {},
): Promise<[string, readonly string[]]> {
  const at = pathToFileURL(await bundle()).href;
  const script = `const at = ${JSON.stringify(at)};
const [warmset, native] = await Promise.all([import(at + '/index.js'), import(at + '/native.js')]);
const args = ${JSON.stringify(args)};
const result = await (async () => {
${snippet}
})();
const plain = (_, value) => (typeof value === 'bigint' ? String(value) : value);
process.stdout.write(JSON.stringify(result ?? null, plain) + '\\n');`;
  const [command = '', ...rest] = [...wrapper, node, ...flags, '--input-type=module', '--eval', script];
  return [command, rest];
}
