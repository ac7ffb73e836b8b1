import { intersectRuns, lengthOfRuns, NO_RUNS, type Runs, subtractRuns } from '../../residency/runs.ts';
import { formatBytes } from '../../units.ts';
import { type Line, uniteRuns, widenRuns } from './line.ts';
import { consumed, nextSlice } from './next-slice.ts';
import { locate, type Reader, type Sighting } from './position.ts';
import { Contest, type Seen } from './verdict.ts';

export type BesideWay = 'ahead' | 'window' | 'read-ahead';

export interface CourseOptions {
  readonly line: Line;
  readonly way: BesideWay;
  readonly dropBehind: boolean;
}

/** What is known at one moment. */
export interface Look {
  readonly atMs: number;
  /** Windows of the line that aren't wholly resident. */
  readonly missing: Runs;
  /** Files that can't be read, or became others: `missing` has all of them. */
  readonly unfillable: Runs;
  readonly residentBytes: number;
  /** What of the set may be resident now. */
  readonly budgetBytes: number;
  readonly sightings: readonly Sighting[];
  /** Mean bytes in flight on the set's device since the look before; null where that isn't known. */
  readonly queuedBytes: number | null;
  readonly heldBack: boolean;
}

/** What was done since the look before. */
export interface Deed {
  /** What the fill was sent to: runs of the line. */
  readonly sent: Runs;
  readonly readBytes: number;
  /** Of these, what the fill itself fetched. */
  readonly fetchedBytes: number;
  /** It got to the end of them. */
  readonly complete: boolean;
}

export const NO_DEED: Deed = { sent: NO_RUNS, readBytes: 0, fetchedBytes: 0, complete: true };

export type Step =
  | { readonly kind: 'fill'; readonly runs: Runs; readonly mostMs: number }
  | { readonly kind: 'drop'; readonly runs: Runs }
  | { readonly kind: 'wait'; readonly ms: number; readonly for: 'room' | 'reader' }
  | { readonly kind: 'end'; readonly stopped: 'done' | 'slow-source'; readonly why: string };

const MIB = 1024 * 1024;
// A read of a window brings in what read-ahead adds: twice the largest read_ahead_kb in use, and the huge page it lies in.
const READ_AHEAD = 16 * MIB;
const HUGE_PAGE = 2 * MIB;
// Nobody reads from the set yet: a slice ends early when somebody begins.
const LONG_SLICE = { bytes: 1024 * MIB, ms: 2000 };
// A quarter of a second at 2 GiB/s: so long the loader may be somewhere else than it was seen.
const SHORT_SLICE = { bytes: 512 * MIB, ms: 250 };
// One stream's stretch: streams that are stopped in the middle of theirs leave holes just in front of the loader.
const LEAST_SHORT_SLICE = 64 * MIB;
const LEAST_SLICE = 32 * MIB;
const WATCH_MS = 200;
const ROOM_MS = 250;
// A window of a gigabyte is gone through in a second: it must be moved before the loader is at its end.
const WINDOW_MS = 100;
const LEAST_DROP = 16 * MIB;
const LONGEST_ROOM_MS = 2000;
const LEAD_SECONDS = 0.1;
const LEAST_LEAD = 32 * MIB;
const MOST_LEAD = 256 * MIB;
const REACH = 256 * MIB;
// A loader may go back a little, to a header or a tensor that lies across.
const KEEP_BEHIND = 8 * MIB;

/**
 * Decides, look by look, what a fill beside a loader does next. Nothing that has once been resident is filled again, nor
 * what the fill has been through once: whoever brought it in, it was read, and what the kernel took back is for the
 * loader to fetch, because it may be done with it. So however both go on, no byte is read for nothing. Pure.
 */
export class Course {
  readonly #options: CourseOptions;
  readonly #contest = new Contest();
  #todo: Runs | null = null;
  #last: { readonly atMs: number; readonly missing: Runs } | null = null;
  #reader: Reader = { files: [], heads: [], bytes: 0 };
  /** How often the loader was seen with each file. */
  readonly #had = new Map<number, number>();
  #dropped: Runs = NO_RUNS;
  #roomMs = ROOM_MS;
  /** Of the fill, bytes a second; null before it has read. */
  #ownRate: number | null = null;
  /** Bytes that were missing, came in and weren't ours. */
  theirBytes = 0;

  constructor(options: CourseOptions) {
    this.#options = options;
  }

  get reader(): Reader {
    return this.#reader;
  }

  /** Whether filling beside the loader was seen to help. */
  get seen(): Seen {
    return this.#contest.seen;
  }

  /** It has been seen with a file of the set. */
  get begun(): boolean {
    return this.#had.size > 0;
  }

  decide(look: Look, deed: Deed): Step {
    const elapsedMs = look.atMs - (this.#last?.atMs ?? look.atMs);
    this.#follow(look, deed);
    if (deed.readBytes > 0 && elapsedMs > 0) this.#ownRate = (deed.readBytes / elapsedMs) * 1000;
    const ruling = this.#contest.observe({
      elapsedMs,
      theirBytes: this.#reader.bytes,
      ownBytes: deed.readBytes,
      fetchedBytes: deed.fetchedBytes,
      queuedBytes: look.queuedBytes,
      heldBack: look.heldBack,
    });
    if (ruling.action === 'stop') return { kind: 'end', stopped: 'slow-source', why: ruling.why };
    // Seen with a file at the first look: what it reads alone must be known before both are compared.
    const first = elapsedMs === 0 && this.begun;
    if (ruling.action === 'rest' || first) return { kind: 'wait', ms: WATCH_MS, for: 'reader' };
    return this.#next(look);
  }

  #next(look: Look): Step {
    const bytes = this.begun ? this.#shortSlice() : LONG_SLICE.bytes;
    const slice = (most: number): Runs =>
      nextSlice({
        line: this.#options.line,
        todo: this.#todo ?? NO_RUNS,
        reader: this.#reader,
        leadBytes: this.#leadBytes(),
        bytes: most,
        reachBytes: this.#options.way === 'read-ahead' ? REACH : null,
      });
    const wanted = slice(bytes);
    if (wanted.length === 0) return this.#nothingToFill();
    const todo = lengthOfRuns(this.#todo ?? NO_RUNS);
    const left = look.budgetBytes - look.residentBytes;
    // Where the budget ends before the set does, read-ahead must not carry the fill past it.
    const room = left >= todo ? todo : left - READ_AHEAD;
    if (room < Math.min(lengthOfRuns(wanted), LEAST_SLICE, look.budgetBytes / 8)) return this.#makeRoom(look);
    this.#roomMs = ROOM_MS;
    const mostMs = this.begun ? SHORT_SLICE.ms : LONG_SLICE.ms;
    return { kind: 'fill', runs: slice(Math.min(bytes, room)), mostMs };
  }

  #nothingToFill(): Step {
    const left = lengthOfRuns(this.#todo ?? NO_RUNS);
    const waits = this.#options.way === 'read-ahead' && left > 0;
    if (waits) return { kind: 'wait', ms: WATCH_MS, for: 'reader' };
    const why =
      left > 0 ? `the last ${formatBytes(left)} were left to the loader, which was already there` : '';
    return { kind: 'end', stopped: 'done', why };
  }

  #makeRoom(look: Look): Step {
    const { line, dropBehind } = this.#options;
    if (dropBehind) {
      const open = new Set(look.sightings.map(({ file }) => file));
      // Seen with it only once, it may have looked at the header.
      const letGo = [...this.#had].flatMap(([file, times]) => (times > 1 && !open.has(file) ? file : []));
      const behind = consumed(line, this.#reader, letGo, KEEP_BEHIND);
      const resident = subtractRuns(subtractRuns(behind, look.missing), this.#dropped);
      if (lengthOfRuns(resident) >= Math.min(LEAST_DROP, look.budgetBytes / 16)) {
        // Tried once: what is still mapped stays, and would each time.
        this.#dropped = uniteRuns(this.#dropped, resident);
        return { kind: 'drop', runs: resident };
      }
    }
    this.#roomMs = Math.min(LONGEST_ROOM_MS, this.#roomMs * 1.5);
    return { kind: 'wait', ms: dropBehind ? WINDOW_MS : this.#roomMs, for: 'room' };
  }

  #follow(look: Look, { sent, complete }: Deed): void {
    const cameIn = this.#last ? subtractRuns(this.#last.missing, look.missing) : NO_RUNS;
    const theirs = subtractRuns(cameIn, widenRuns(sent, HUGE_PAGE, READ_AHEAD));
    this.theirBytes += lengthOfRuns(theirs);
    this.#todo = intersectRuns(this.#todo ?? look.missing, look.missing);
    this.#todo = subtractRuns(this.#todo, look.unfillable);
    // What couldn't be read isn't tried again; what a slice was stopped before is.
    if (complete) this.#todo = subtractRuns(this.#todo, sent);
    this.#last = { atMs: look.atMs, missing: look.missing };
    this.#reader = locate(this.#options.line, theirs, look.sightings);
    for (const file of this.#reader.files) this.#had.set(file, (this.#had.get(file) ?? 0) + 1);
  }

  #shortSlice(): number {
    const bytes = (this.#ownRate ?? Number.POSITIVE_INFINITY) * (SHORT_SLICE.ms / 1000);
    return Math.min(SHORT_SLICE.bytes, Math.max(LEAST_SHORT_SLICE, bytes));
  }

  /** None while the loader runs through warm pages: then what is missing next is where the fill must be. */
  #leadBytes(): number {
    if (this.#reader.bytes === 0) return 0;
    const rate = this.#contest.aloneRate ?? 0;
    const lead = Math.floor((rate * LEAD_SECONDS) / HUGE_PAGE) * HUGE_PAGE;
    return Math.min(MOST_LEAD, Math.max(LEAST_LEAD, lead));
  }
}
