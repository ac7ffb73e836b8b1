/** Finding the few lines that matter in text of any size. */
import { LOOK_BACK, MAX_LINE } from './segments.ts';

const LF = 10;
const CR = 13;

/** Of a longer line only the beginning is looked at: no server's message stands further back. Characters. */
const LOOKED_AT = 4 << 10;

export interface FoundLine {
  readonly text: string;
  /** The whole lines before it, the nearest first, as far back as {@link LOOK_BACK}. */
  before(): Generator<string>;
}

function isEnd(code: number): boolean {
  return code === LF || code === CR;
}

/** Goes through the lines that a search finds, each once, and each looked at no longer than it is. */
export class LineSearch {
  // As if something had ended: a stream's first line is a whole one.
  #behind = '\n';

  /**
   * @param text whole lines
   * @param search asked anew for every line, as what is looked for changes by what was found
   */
  *find(text: string, search: () => RegExp): Generator<FoundLine> {
    const whole = this.#behind + text;
    for (let at = this.#behind.length; ; ) {
      const pattern = search();
      pattern.lastIndex = at;
      const found = pattern.exec(whole);
      if (found === null) break;
      let start = found.index;
      while (!isEnd(whole.charCodeAt(start - 1))) start -= 1;
      at = found.index;
      while (at < whole.length && !isEnd(whole.charCodeAt(at))) at += 1;
      if (at - start > MAX_LINE) continue;
      yield {
        text: whole.slice(start, Math.min(at, start + LOOKED_AT)),
        before: () => linesBefore(whole, start),
      };
    }
    this.#behind = whole.slice(-LOOK_BACK);
  }
}

function* linesBefore(whole: string, start: number): Generator<string> {
  const limit = Math.max(0, start - LOOK_BACK);
  for (let end = start - 1; end > limit; ) {
    let begin = end;
    while (begin > limit && !isEnd(whole.charCodeAt(begin - 1))) begin -= 1;
    // Where it begins can't be seen.
    if (begin === limit) return;
    yield whole.slice(begin, end);
    end = begin - 1;
  }
}

export function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
