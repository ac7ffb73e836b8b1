import { readFileSync } from 'node:fs';
import { absolute } from './absolute.ts';

const REPLACEMENT = '\ufffd';

/**
 * Words of the command line, those that aren't UTF-8 as the bytes of an absolute path: Node decodes argv and puts a
 * replacement character where it can't, and no file has such a name.
 */
export function rawArguments(words: readonly string[]): (string | Buffer)[] {
  if (!words.some((word) => word.includes(REPLACEMENT))) return [...words];
  return restoreBytes(words, commandLine(), process.cwd());
}

/** Each word with a replacement character finds the next argument that was decoded to it. Pure. */
export function restoreBytes(
  words: readonly string[],
  raw: readonly Buffer[],
  cwd: string,
): (string | Buffer)[] {
  const left = [...raw];
  return words.map((word) => {
    if (!word.includes(REPLACEMENT)) return word;
    const at = left.findIndex((bytes) => bytes.toString('utf8') === word);
    const [bytes] = at < 0 ? [] : left.splice(at, 1);
    return bytes ? absolute(bytes, cwd) : word;
  });
}

function commandLine(): Buffer[] {
  try {
    const bytes = readFileSync('/proc/self/cmdline').toString('latin1');
    return bytes.split('\0').map((word) => Buffer.from(word, 'latin1'));
  } catch {
    // Without /proc the word is looked up as it is, and said to be missing.
    return [];
  }
}
