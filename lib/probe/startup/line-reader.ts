import { attribute } from './attribution.ts';
import { fromStart, type Span, spanBetween } from './clock.ts';
import { type Dialect, READ_ON, type Rule, type Tells } from './dialect.ts';
import { OPENING, recognise, searchesOf } from './dialects.ts';
import { Findings, type TellingLine } from './findings.ts';
import type { FoundLine } from './line-search.ts';
import { roundToMicroseconds } from './phase-table.ts';
import { innerStamp, type LineTimes, timesOf } from './stamps.ts';
import type { PhaseName, StartupEvent, StartupReport } from './types.ts';
import { rankOf, withoutControls } from './wrappers.ts';

interface Reading {
  readonly found: FoundLine;
  readonly line: string;
  readonly times: LineTimes;
  readonly rank: string;
}

/** How many lines are kept until it is known whose they are. */
const MOST_PENDING = 8;

/** Applies a dialect's rules to the lines that matter, one start after the other. */
export class LineReader {
  #dialect: Dialect | null = null;
  #version: string | null = null;
  /** The latest line that may be the first of a start. */
  #opening: LineTimes | null = null;
  /** The latest lines from before it was known whose they are. */
  #pending: Reading[] = [];
  #findings = new Findings();
  #start: LineTimes | null = null;
  #starts = 0;
  #ready = false;
  #total: Span | null = null;

  /** Finds the lines that matter now. */
  get pattern(): RegExp {
    if (this.#dialect === null) return OPENING;
    const { starting, again } = searchesOf(this.#dialect);
    return this.#ready ? again : starting;
  }

  take(found: FoundLine, atMs: number | null): StartupEvent[] {
    const line = withoutControls(found.text);
    const reading = { found, line, times: timesOf(line, atMs), rank: rankOf(line) };
    const dialect = recognise(line, this.#dialect);
    if (dialect === null) {
      this.#pending = [...this.#pending.slice(1 - MOST_PENDING), reading];
      return [];
    }
    const [wasReady, was] = [this.#ready, this.#identity()];
    if (dialect !== this.#dialect) this.#adopt(dialect);
    const readings = [...this.#pending.splice(0), reading];
    const changed = new Set(
      readings.flatMap((one) => dialect.rules.flatMap((rule) => this.#apply(rule, one))),
    );
    if (dialect.startsAt !== 'begin') this.#start ??= this.#from(dialect, reading.times);
    const { server, within } = dialect;
    return [
      ...(this.#identity() === was ? [] : [{ type: 'server', server, version: this.#version } as const]),
      ...[...changed].flatMap((name) => {
        const phase = this.#findings.phases.get(name, within);
        return phase === null ? [] : [{ type: 'phase', phase } as const];
      }),
      ...(this.#ready && !wasReady ? [{ type: 'ready' } as const] : []),
    ];
  }

  report(): Omit<StartupReport, 'lines'> {
    const phases = this.#findings.phases.list(this.#dialect?.within ?? {});
    const totalSeconds = this.#total === null ? null : roundToMicroseconds(this.#total.seconds);
    return {
      server: this.#dialect?.server ?? null,
      version: this.#version,
      phases,
      totalSeconds,
      totalSource: this.#total?.source ?? null,
      ...attribute(totalSeconds, phases),
      ready: this.#ready,
      starts: this.#starts,
      modelBytes: this.#findings.model.bytes,
      kvCacheBytes: this.#findings.kvCache.bytes,
      compileCache: this.#findings.compileCache,
    };
  }

  #identity(): string {
    return `${this.#dialect?.server} ${this.#version} ${this.#starts}`;
  }

  /** Ollama is taken for the llama.cpp that it runs until it says something of its own. */
  #adopt(dialect: Dialect): void {
    this.#dialect = dialect;
    this.#starts = 1;
    this.#start = null;
  }

  /** Where a start of which this is a line began; null where no clock says. */
  #from(dialect: Dialect, times: LineTimes): LineTimes | null {
    const opens = dialect.rules.some(({ tells }) => tells.some((one) => one.tells === 'import'));
    const from = fromStart((opens ? this.#opening : null) ?? times);
    return (from.outer ?? from.inner ?? from.arrival) ? from : null;
  }

  #apply({ needle, needs, unless, tells }: Rule, reading: Reading): PhaseName[] {
    const { line, times, rank } = reading;
    const at = line.indexOf(needle);
    if (at < 0 || (needs !== undefined && !line.includes(needs))) return [];
    if (unless !== undefined && line.includes(unless)) return [];
    const telling = { text: line.slice(at, at + READ_ON), times, rank };
    return tells.flatMap((one) => this.#tell(one, telling, reading) ?? []);
  }

  #tell(tells: Tells, line: TellingLine, reading: Reading): PhaseName | null {
    switch (tells.tells) {
      case 'import':
        this.#opening = line.times;
        return null;
      case 'begin':
        return this.#begin(tells.again, line);
      case 'version':
        this.#version = tells.pattern.exec(line.text)?.[1] ?? this.#version;
        return null;
      case 'ready':
        if (!this.#ready) this.#becomeReady(reading);
        return null;
      case 'stamp':
        return null;
      default:
        // Its engine has imported the library, too: that begins no further start.
        this.#opening = null;
        return this.#findings.take(tells, line);
    }
  }

  #begin(again: 'always' | 'after-ready', line: TellingLine): PhaseName | null {
    const dialect = this.#dialect;
    if (dialect === null) return null;
    const another = this.#ready || (again === 'always' && !this.#findings.empty);
    if (another) {
      this.#findings = new Findings();
      this.#ready = false;
      this.#total = null;
      this.#starts += 1;
    }
    if (another || dialect.startsAt === 'begin') this.#start = null;
    this.#start ??= this.#from(dialect, line.times);
    const opening = this.#opening;
    this.#opening = null;
    return opening === null ? null : this.#imported(opening, line);
  }

  #imported(opening: LineTimes, line: TellingLine): PhaseName | null {
    const opened = { ...line, times: opening };
    this.#findings.take({ tells: 'from', phase: 'import' }, opened);
    return this.#findings.take({ tells: 'to', phase: 'import' }, line);
  }

  #becomeReady({ found, times }: Reading): void {
    this.#ready = true;
    this.#opening = null;
    if (this.#start === null) return;
    this.#total = spanBetween(this.#start, { ...times, inner: times.inner ?? lastStampBefore(found) });
  }
}

/** Uvicorn's own lines have no stamp, and follow closely on the server's that have. */
function lastStampBefore(found: FoundLine): LineTimes['inner'] {
  for (const line of found.before()) {
    const stamp = innerStamp(withoutControls(line));
    if (stamp !== null) return stamp;
  }
  return null;
}
