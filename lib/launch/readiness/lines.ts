const LF = 0x0a;
const CR = 0x0d;

// No line of a log that says something is longer; a server that writes megabytes without an end is carried all the same.
const LONGEST_LINE = 65_536;

/**
 * Cuts a stream into whole lines, their ends included. A progress bar's carriage return ends one, too. What is longer
 * than 64 KiB comes in parts.
 */
export class Lines {
  #rest: Buffer = Buffer.alloc(0);

  /** What has become whole, as one piece of bytes; empty when nothing has. */
  push(chunk: Buffer): Buffer {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = Math.max(all.lastIndexOf(LF), all.lastIndexOf(CR)) + 1;
    const whole = all.length - end > LONGEST_LINE ? all.length : end;
    // A copy: the chunk is Node's, and a slice would hold all of it.
    this.#rest = Buffer.from(all.subarray(whole));
    return all.subarray(0, whole);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
const COLOURS = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;

/** The lines as text, without colours. */
export function textLines(bytes: Buffer): string[] {
  return bytes
    .toString('utf8')
    .replace(COLOURS, '')
    .split(/[\r\n]+/);
}
