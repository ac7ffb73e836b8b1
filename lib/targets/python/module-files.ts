/** Which files of a package Python reads when it imports it. Pure. */

export type ModuleFile = 'library' | 'bytecode' | 'source';

const LIBRARY = /\.so(\.\d+)*$/;

/**
 * @param tag of the interpreter's bytecode, `cpython-312`; undefined where it isn't known: then any version counts
 */
export function moduleFile(name: string, tag: string | undefined): ModuleFile | undefined {
  if (LIBRARY.test(name)) return 'library';
  if (name.endsWith('.py')) return 'source';
  if (!name.endsWith('.pyc')) return undefined;
  if (/\.opt-\d\.pyc$/.test(name)) return undefined;
  return tag === undefined || name.endsWith(`.${tag}.pyc`) ? 'bytecode' : undefined;
}

/** The source's name that a bytecode file was made of: `engine.cpython-312.pyc` → `engine.py`. */
export function sourceOf(bytecode: string): string {
  return `${bytecode.replace(/\.cpython-\d+\.pyc$|\.pyc$/, '')}.py`;
}

/** The tag of the bytecode below `lib/python3.12`. */
export function bytecodeTag(directory: string): string | undefined {
  const [, major, minor] = /python(\d)\.(\d+)(?:\/|$)/.exec(directory) ?? [];
  return major === undefined ? undefined : `cpython-${major}${minor}`;
}
