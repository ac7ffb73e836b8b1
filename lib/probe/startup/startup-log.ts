import { LineReader } from './line-reader.ts';
import { countLines, LineSearch } from './line-search.ts';
import { Segments } from './segments.ts';
import type { StartupEvent, StartupReport } from './types.ts';

/**
 * Reads what a model server writes while it starts, as it comes and however it is cut, in constant memory. It knows
 * no file and no clock; nothing in a log makes it throw.
 *
 * Where a log holds several starts (a container that was started again), everything is of the last one.
 */
export class StartupLog {
  readonly #segments = new Segments();
  readonly #search = new LineSearch();
  readonly #reader = new LineReader();
  #lines = 0;

  /**
   * @param chunk strings count as UTF-8
   * @param atMs when it arrived, in milliseconds of any clock that never goes back; used where the log has no time
   *   stamps. Leave it out for a log that isn't live.
   * @returns what these lines said
   */
  write(chunk: Uint8Array | string, atMs?: number): readonly StartupEvent[] {
    const events: StartupEvent[] = [];
    for (const text of this.#segments.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)) {
      this.#lines += countLines(text);
      this.#read(text, atMs ?? null, events);
    }
    return events;
  }

  /** The stream is over: a last line without an end counts. */
  end(): readonly StartupEvent[] {
    const events: StartupEvent[] = [];
    const rest = this.#segments.end();
    if (rest !== '') {
      this.#lines += 1;
      this.#read(`${rest}\n`, null, events);
    }
    return events;
  }

  /** What is known so far. */
  report(): StartupReport {
    return { ...this.#reader.report(), lines: this.#lines };
  }

  #read(text: string, atMs: number | null, events: StartupEvent[]): void {
    for (const found of this.#search.find(text, () => this.#reader.pattern)) {
      events.push(...this.#reader.take(found, atMs));
    }
  }
}
