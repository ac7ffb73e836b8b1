import { addonPath } from '../../native/addon.ts';
import type { RawPath } from '../../native/addon-types.ts';

/** Node's spawn knows text only: bytes that aren't UTF-8 would reach the server as something else. */
export function needsTrampoline(
  words: readonly RawPath[],
  environment: readonly RawPath[] | undefined,
): boolean {
  return [...words, ...(environment ?? [])].some((word) => typeof word !== 'string');
}

export interface Trampoline {
  readonly file: string;
  readonly args: readonly string[];
  /** To be written to descriptor 3 of it, which then ends. */
  readonly letter: string;
}

const JUMP = `
const { readFileSync, closeSync, writeSync } = require('node:fs');
const { addon, file, words, environment } = JSON.parse(readFileSync(3, 'utf8'));
closeSync(3);
const bytes = (text) => Buffer.from(text, 'base64');
const { errno } = require(addon).replaceProcess(bytes(file), bytes(words), bytes(environment));
writeSync(2, 'warmset: ' + bytes(file) + ' could not be started (errno ' + -errno + ')\\n');
require('node:process').exit(errno === -2 ? 127 : 126);
`;

/** A Node that becomes the command, with its words and environment as bytes: same process, some 40 ms later. */
export function trampoline(words: readonly RawPath[], environment: readonly RawPath[]): Trampoline {
  const encode = (list: readonly RawPath[]): string =>
    Buffer.concat(list.flatMap((word) => [Buffer.from(word), Buffer.of(0)])).toString('base64');
  const letter = {
    addon: addonPath(),
    file: Buffer.from(words[0] ?? '').toString('base64'),
    words: encode(words),
    environment: encode(environment),
  };
  return { file: process.execPath, args: ['-e', JUMP], letter: JSON.stringify(letter) };
}
