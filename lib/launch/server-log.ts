import type { StartupReport } from '../probe/startup/types.ts';
import type { OutputName } from './child/spawn-child.ts';
import type { LogReader } from './dependencies.ts';
import { Lines, textLines } from './readiness/lines.ts';

// What a server writes before its reader is loaded, which takes a tenth of a second; more is carried on unread.
const MOST_EARLY_BYTES = 4 * 1024 * 1024;

interface Early {
  readonly lines: Buffer;
  readonly atMs: number;
}

/** A server's two streams as the lines of one log. Costs nothing where nobody reads it. */
export class ServerLog {
  /** Resolves when a line said that the server is ready. */
  readonly ready: Promise<void>;
  readonly #streams: Readonly<Record<OutputName, Lines>> = { stdout: new Lines(), stderr: new Lines() };
  readonly #pattern: RegExp | null;
  #reader: LogReader | null = null;
  #early: Early[] = [];
  #earlyBytes = 0;
  #saidReady: () => void = () => {};
  #read = true;

  /** @param pattern what the ready line looks like, instead of what each kind of server says */
  constructor(pattern: RegExp | null) {
    // Sticky and global patterns remember where they stopped.
    this.#pattern = pattern && new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    this.ready = new Promise((resolve) => {
      this.#saidReady = resolve;
    });
  }

  /** @param atMs since 1970 */
  write(stream: OutputName, chunk: Buffer, atMs: number): void {
    if (!this.#read) return;
    const lines = this.#streams[stream].push(chunk);
    if (lines.length === 0) return;
    const pattern = this.#pattern;
    if (pattern && textLines(lines).some((line) => pattern.test(line))) this.#saidReady();
    if (this.#reader) {
      this.#take(this.#reader, { lines, atMs });
      return;
    }
    this.#earlyBytes += lines.length;
    if (this.#earlyBytes <= MOST_EARLY_BYTES) this.#early.push({ lines, atMs });
  }

  readBy(reader: LogReader): void {
    this.#reader = reader;
    for (const early of this.#early.splice(0)) this.#take(reader, early);
  }

  /** The server is ready: what it writes from now on is no start-up any more. */
  stop(): void {
    this.#read = false;
    this.#early = [];
  }

  /** Null where nobody read. */
  report(): StartupReport | null {
    return this.#reader?.report() ?? null;
  }

  #take(reader: LogReader, { lines, atMs }: Early): void {
    for (const event of reader.write(lines, atMs)) {
      if (event.type === 'ready' && !this.#pattern) this.#saidReady();
    }
  }
}
