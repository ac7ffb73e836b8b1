import type { Random } from '../../../bench/random.ts';
import { type BesideWay, Course, type Deed, NO_DEED, type Step } from '../../../lib/launch/beside/course.ts';
import { type Line, stretchesOf, toLine, toRuns } from '../../../lib/launch/beside/line.ts';
import type { Sighting } from '../../../lib/launch/beside/position.ts';
import { NO_RUNS } from '../../../lib/residency/runs.ts';

const MIB = 1024 * 1024;
const WINDOW = 2 * MIB;
const TICK_MS = 1;
/** Longer is a course that doesn't end. */
const LIMIT_MS = 3_600_000;

export interface BesideModel {
  readonly fileBytes: readonly number[];
  /** Bytes a second of the device, of the loader alone on it, of the fill alone on it, and of a loader in warm pages. */
  readonly device: number;
  readonly loader: number;
  readonly fill: number;
  readonly warm: number;
  /** What is left of the device while both read: 1 on a disk without moving parts. */
  readonly together: number;
  /** Bytes of reads in flight while the loader is alone on the device. */
  readonly queued: number | null;
  readonly importMs: number;
  /** What a look and a decision take. */
  readonly lookMs: number;
  /** How the loader goes through its files, and whether its place can be seen. */
  readonly order: 'in-order' | 'backwards' | 'scattered';
  readonly seen: 'position' | 'file' | 'nothing';
  readonly budget: number;
  readonly dropBehind: boolean;
  readonly way: BesideWay;
  /** How likely the kernel takes some window back in a millisecond. */
  readonly evicted: number;
}

export interface BesideRun {
  readonly finishedMs: number;
  readonly loaderBytes: number;
  readonly fillBytes: number;
  /** Of the windows that are resident, at the worst moment. */
  readonly mostResident: number;
  readonly steps: readonly Step[];
}

/** A loader, and with `filled` a fill beside it, on a device that they share. Whole windows; a clock in milliseconds. */
export class BesideSimulation {
  readonly #model: BesideModel;
  readonly #random: Random;
  readonly #line: Line;
  readonly #have: Float64Array;
  readonly #order: readonly number[];
  #nowMs = 0;
  #next = 0;
  #queue: number[] = [];
  #run = { loaderBytes: 0, fillBytes: 0, mostResident: 0 };
  #resident = 0;
  #share = 0;
  readonly #steps: Step[] = [];

  constructor(model: BesideModel, random: Random) {
    this.#model = model;
    this.#random = random;
    this.#line = toLine(model.fileBytes);
    const windows = this.#line.length / WINDOW;
    this.#have = new Float64Array(windows);
    const inOrder = Array.from({ length: windows }, (_, index) => index);
    this.#order =
      model.order === 'scattered'
        ? inOrder
            .map((index) => ({ index, key: random.next() }))
            .sort((a, b) => a.key - b.key)
            .map(({ index }) => index)
        : model.order === 'backwards'
          ? this.#filesBackwards()
          : inOrder;
  }

  run(filled: boolean): BesideRun {
    const { way, dropBehind, lookMs } = this.#model;
    const course = new Course({ line: this.#line, way, dropBehind });
    let deed: Deed = NO_DEED;
    while (!this.#finished && filled) {
      this.#pass(lookMs);
      const step = course.decide(this.#look(), deed);
      this.#steps.push(step);
      if (step.kind === 'end') break;
      deed = this.#do(step);
    }
    while (!this.#finished) this.#pass(TICK_MS);
    return { ...this.#run, finishedMs: this.#nowMs, steps: this.#steps };
  }

  get #finished(): boolean {
    if (this.#nowMs > LIMIT_MS) throw new Error('the loader never gets to its end');
    return this.#next >= this.#order.length;
  }

  #do(step: Exclude<Step, { kind: 'end' }>): Deed {
    if (step.kind === 'wait') {
      this.#pass(step.ms);
      return NO_DEED;
    }
    if (step.kind === 'drop') {
      for (const index of windowsOf(step.runs)) this.#forget(index);
      return NO_DEED;
    }
    this.#queue = windowsOf(step.runs);
    const [before, endMs] = [this.#run.fillBytes, this.#nowMs + step.mostMs];
    const begun = this.#begun;
    while (this.#queue.length > 0 && !this.#finished && this.#nowMs < endMs && this.#begun === begun) {
      this.#pass(TICK_MS);
    }
    const complete = this.#queue.length === 0;
    this.#queue = [];
    const readBytes = this.#run.fillBytes - before;
    return { sent: step.runs, readBytes, fetchedBytes: readBytes, complete };
  }

  #pass(ms: number): void {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs && !this.#finished; ) this.#tick();
  }

  #tick(): void {
    const { device, loader, fill, warm, together, evicted } = this.#model;
    const cold = this.#begun && this.#have[this.#order[this.#next] ?? 0] !== WINDOW;
    const filling = this.#queue.length > 0;
    const speed = device * (cold && filling ? together : 1);
    // Both hand in as much as they can: the device goes halves, and what one doesn't take the other has.
    const theirs = Math.min(loader, filling ? Math.max(speed / 2, speed - fill) : speed);
    const ours = Math.min(fill, speed - (cold ? theirs : 0));
    if (this.#begun) this.#load((theirs * TICK_MS) / 1000, (warm * TICK_MS) / 1000);
    this.#fill(Math.floor((ours * TICK_MS) / 1000));
    this.#nowMs += TICK_MS;
    this.#run.mostResident = Math.max(this.#run.mostResident, this.#resident);
    if (evicted > 0 && this.#random.next() < evicted) {
      this.#forget(Math.floor(this.#random.next() * this.#have.length));
    }
  }

  #load(cold: number, warm: number): void {
    // What a window took longer than its tick.
    let share = Math.min(1, this.#share + 1);
    this.#share = Math.min(0, share);
    while (share > 1e-9 && !this.#finished) {
      const index = this.#order[this.#next] ?? 0;
      const missing = WINDOW - (this.#have[index] ?? 0);
      if (missing > 0) {
        const bytes = Math.min(missing, Math.ceil(cold * share));
        this.#run.loaderBytes += this.#bring(index, bytes);
        share -= bytes / cold;
        if (bytes < missing) return;
      }
      share -= WINDOW / warm;
      this.#share = Math.min(0, share);
      this.#next += 1;
    }
  }

  #fill(bytes: number): void {
    for (let left = bytes; left > 0 && this.#queue.length > 0; ) {
      const index = this.#queue[0] ?? 0;
      const missing = WINDOW - (this.#have[index] ?? 0);
      const read = this.#bring(index, Math.min(missing, left));
      this.#run.fillBytes += read;
      left -= read;
      if (read < missing) return;
      this.#queue.shift();
    }
  }

  #bring(index: number, bytes: number): number {
    this.#have[index] = (this.#have[index] ?? 0) + bytes;
    this.#resident += bytes;
    return bytes;
  }

  #forget(index: number): void {
    this.#resident -= this.#have[index] ?? 0;
    this.#have[index] = 0;
  }

  get #begun(): boolean {
    return this.#nowMs >= this.#model.importMs;
  }

  #look() {
    const missing = toRuns(
      [...this.#have.keys()].flatMap((index) =>
        this.#have[index] === WINDOW ? [] : [{ from: index * WINDOW, to: (index + 1) * WINDOW }],
      ),
    );
    return {
      atMs: this.#nowMs,
      missing,
      unfillable: NO_RUNS,
      residentBytes: this.#resident,
      budgetBytes: this.#model.budget,
      sightings: this.#sightings(),
      queuedBytes: this.#model.queued,
      heldBack: false,
    };
  }

  #sightings(): readonly Sighting[] {
    if (!this.#begun || this.#model.seen === 'nothing' || this.#finished) return [];
    const place = (this.#order[this.#next] ?? 0) * WINDOW;
    const file = this.#line.starts.findLastIndex((start) => start <= place);
    const position = this.#model.seen === 'position' ? place - (this.#line.starts[file] ?? 0) : null;
    return [{ file, position }];
  }

  #filesBackwards(): readonly number[] {
    return this.#line.starts
      .map((start, file) => windowsOf(toRuns([{ from: start, to: start + (this.#line.sizes[file] ?? 0) }])))
      .reverse()
      .flat();
  }
}

function windowsOf(runs: Float64Array): number[] {
  return stretchesOf(runs).flatMap(({ from, to }) =>
    Array.from({ length: Math.ceil((to - from) / WINDOW) }, (_, at) => from / WINDOW + at),
  );
}
