/** Everything that the lines of one start have told. */
import { ByteFigure, bytesOf } from './byte-figure.ts';
import { spanBetween } from './clock.ts';
import type { Tells } from './dialect.ts';
import { type Finding, PhaseTable } from './phase-table.ts';
import type { LineTimes } from './stamps.ts';
import type { CompileCache, PhaseName } from './types.ts';

/** A line that tells something, and what is known of it. */
export interface TellingLine {
  /** From the rule's needle on. */
  readonly text: string;
  readonly times: LineTimes;
  readonly rank: string;
}

interface OpenSpan {
  readonly from: LineTimes;
  closed: boolean;
}

const MOST_SPANS = 4096;
const REPEATED = /\[repeated (\d{1,5})x across cluster\]/;

export class Findings {
  readonly phases = new PhaseTable();
  readonly model = new ByteFigure();
  readonly kvCache = new ByteFigure();
  compileCache: CompileCache = 'unknown';
  readonly #spans = new Map<string, OpenSpan>();

  get empty(): boolean {
    return this.phases.size === 0 && this.#spans.size === 0;
  }

  /** The phase whose seconds are others now; null where nothing has changed. */
  take(tells: Tells, line: TellingLine): PhaseName | null {
    switch (tells.tells) {
      case 'seconds': {
        const seconds = secondsOf(tells.pattern.exec(line.text));
        return seconds === null ? null : this.#record({ ...tells, seconds }, line);
      }
      case 'sum': {
        const all = Array.from(line.text.matchAll(tells.pattern), (match) => secondsOf(match) ?? 0);
        const seconds = all.reduce((sum, one) => sum + one, 0);
        return all.length === 0 ? null : this.#record({ ...tells, seconds }, line);
      }
      case 'from':
        this.#open(`${tells.phase}\n${line.rank}`, line.times);
        return null;
      case 'to':
        return this.#close(tells, line);
      case 'bytes': {
        const bytes = bytesOf(line.text, tells.pattern);
        const figure = tells.of === 'model' ? this.model : this.kvCache;
        if (bytes !== null) figure.record(bytes, tells, keyOf(line));
        return null;
      }
      case 'contains':
        this.phases.contain(tells.outer, tells.inner);
        return null;
      case 'compile-cache':
        // One graph that had to be compiled is a miss, whatever else was there.
        if (this.compileCache !== 'miss') this.compileCache = tells.state;
        return null;
      default:
        return null;
    }
  }

  #record(
    known: Pick<Finding, 'phase' | 'seconds' | 'grade'>,
    line: TellingLine,
    source: Finding['source'] = 'said',
  ): PhaseName | null {
    const { phase, seconds, grade } = known;
    const times = 1 + Number(REPEATED.exec(line.text)?.[1] ?? 0);
    const changed = this.phases.record({
      phase,
      seconds,
      grade,
      source,
      rank: line.rank,
      line: keyOf(line),
      times,
    });
    return changed ? phase : null;
  }

  #open(key: string, from: LineTimes): void {
    const known = this.#spans.get(key);
    if (known !== undefined ? known.closed : this.#spans.size < MOST_SPANS) {
      this.#spans.set(key, { from, closed: false });
    }
  }

  #close({ phase, again = false }: Extract<Tells, { tells: 'to' }>, line: TellingLine): PhaseName | null {
    const open = this.#spans.get(`${phase}\n${line.rank}`);
    if (open === undefined || (open.closed && !again)) return null;
    open.closed = true;
    const span = spanBetween(open.from, line.times);
    return span === null ? null : this.#record({ phase, grade: 'stamps', ...span }, line, span.source);
  }
}

/** What tells a line from one that is printed twice: a wrapper may differ, the server's own words don't. */
function keyOf({ text, times, rank }: TellingLine): string {
  return `${times.inner?.ms ?? ''}\n${rank}\n${text.slice(0, 200).replace(REPEATED, '').trimEnd()}`;
}

/** Group 1 in seconds; in milliseconds where group 2 says so; `01:46` and `1:02:03` of a progress bar. */
function secondsOf(match: RegExpExecArray | RegExpMatchArray | null): number | null {
  const digits = match?.[1];
  if (digits === undefined) return null;
  const seconds = digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  if (!Number.isFinite(seconds)) return null;
  return match?.[2] === 'ms' ? seconds / 1000 : seconds;
}
