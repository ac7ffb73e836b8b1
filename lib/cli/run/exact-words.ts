import { readFileSync } from 'node:fs';

const REPLACEMENT = '\ufffd';

/** The last words of the command line: as bytes where they aren't UTF-8, which Node can't show. */
export function exactWords(words: readonly string[]): (string | Buffer)[] {
  if (!words.some((word) => word.includes(REPLACEMENT))) return [...words];
  const raw = zeroSeparated('/proc/self/cmdline').slice(-words.length);
  return words.map((word, at) => (word.includes(REPLACEMENT) ? (raw[at] ?? word) : word));
}

/** This process's environment, where Node can't show all of it as it is; undefined where it can. */
export function exactEnvironment(): (string | Buffer)[] | undefined {
  const odd = Object.entries(process.env).some(([name, value]) => `${name}${value}`.includes(REPLACEMENT));
  return odd ? rawEnvironment() : undefined;
}

/** `NAME=value`, byte for byte as this process got it. */
export function rawEnvironment(): (string | Buffer)[] {
  const raw = zeroSeparated('/proc/self/environ');
  if (raw.length > 0) return raw;
  return Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ''}`);
}

function zeroSeparated(file: string): Buffer[] {
  try {
    const text = readFileSync(file).toString('latin1');
    return text === ''
      ? []
      : text
          .replace(/\0$/, '')
          .split('\0')
          .map((word) => Buffer.from(word, 'latin1'));
  } catch {
    return [];
  }
}
