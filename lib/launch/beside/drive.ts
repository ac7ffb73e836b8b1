import { setTimeout as delay } from 'node:timers/promises';
import { computeBudget } from '../../budget/index.ts';
import type { HostGuard } from '../../fill/index.ts';
import { toBudgetOptions } from '../../fill/prepare.ts';
import { readBudgetReadings } from '../../fill/readings.ts';
import type { WarmSet } from '../../targets/index.ts';
import type { BesideOptions, BesideResult } from '../types.ts';
import { type BesideWay, Course, type Deed, NO_DEED, type Step } from './course.ts';
import { DeviceQueue } from './device-queue.ts';
import { dropParts } from './drop.ts';
import { toFiles } from './line.ts';
import type { ServerTree, TreeLook } from './server-tree.ts';
import type { SetState, SetWatch } from './set-look.ts';
import type { Slices } from './slices.ts';

export interface DriveParts {
  readonly set: WarmSet;
  readonly watch: SetWatch;
  readonly tree: ServerTree;
  readonly guard: HostGuard | false;
  readonly options: BesideOptions;
  readonly way: BesideWay;
}

export interface Ending {
  readonly stopped: BesideResult['stopped'];
  readonly why: string;
}

const GONE: Ending = { stopped: 'aborted', why: 'the server ended' };
const ABORTED: Ending = { stopped: 'aborted', why: 'the fill was ended before everything was read' };

/** Looks, decides and does, until there is nothing more to do. */
export class Drive {
  readonly course: Course;
  fetchedBytes = 0;
  droppedBytes = 0;
  /** When the loader was first seen with a file of the set, by performance.now(). */
  firstSeenMs: number | null = null;
  furthest: number | null = null;
  /** It filled on beside a loader that read from the device itself. */
  beside = false;
  readonly #parts: DriveParts;
  readonly #slices: Slices;
  readonly #queue: DeviceQueue;
  #waitsForRoom = false;

  constructor(parts: DriveParts, slices: Slices) {
    this.#parts = parts;
    this.#slices = slices;
    this.#queue = new DeviceQueue(parts.set.files);
    const { watch, way, options } = parts;
    this.course = new Course({ line: watch.line, way, dropBehind: options.dropBehind ?? false });
  }

  async run(signal: AbortSignal): Promise<Ending> {
    let deed: Deed = NO_DEED;
    let state = this.#parts.watch.state;
    for (;;) {
      const seen = await this.seeTree();
      if (signal.aborted || seen.gone) break;
      const step = await this.#decide(state, seen, deed);
      if (step.kind === 'end') return step;
      deed = await this.#do(step, signal);
      const next = await this.#look(signal);
      if (next === null) break;
      if (step.kind === 'drop') this.droppedBytes += Math.max(0, state.residentBytes - next.residentBytes);
      state = next;
    }
    if (this.#waitsForRoom) return { stopped: 'budget', why: 'the budget had no more room' };
    return signal.aborted ? ABORTED : GONE;
  }

  /** Looks at the server's processes, and remembers what is seen for the first time. */
  async seeTree(): Promise<TreeLook> {
    const seen = await this.#parts.tree.look();
    if (seen.sightings.length > 0) this.firstSeenMs ??= performance.now();
    return seen;
  }

  async #decide(state: SetState, { sightings }: TreeLook, deed: Deed): Promise<Step> {
    const { guard, options } = this.#parts;
    const budget = computeBudget(await readBudgetReadings(), toBudgetOptions(options.budget));
    const step = this.course.decide(
      {
        atMs: performance.now(),
        missing: state.missing,
        unfillable: state.unfillable,
        residentBytes: state.residentBytes,
        budgetBytes: budget.allowed,
        sightings,
        queuedBytes: await this.#queue.sinceLast(),
        heldBack: guard !== false && guard.verdict.action !== 'go',
      },
      deed,
    );
    const { reader, theirBytes } = this.course;
    if (theirBytes > 0) this.firstSeenMs ??= performance.now();
    const head = reader.heads.at(-1);
    if (head !== undefined) this.furthest = Math.max(this.furthest ?? 0, head);
    this.#waitsForRoom = step.kind === 'wait' && step.for === 'room';
    this.beside ||= step.kind === 'fill' && theirBytes > 0;
    this.#report(state, 0);
    return step;
  }

  async #do(step: Exclude<Step, { kind: 'end' }>, signal: AbortSignal): Promise<Deed> {
    const { watch, set, options } = this.#parts;
    if (step.kind === 'wait') {
      await delay(step.ms, undefined, { signal }).catch(() => undefined);
      return NO_DEED;
    }
    if (step.kind === 'drop') {
      await dropParts(set.files, toFiles(watch.line, step.runs), options);
      return NO_DEED;
    }
    const begun = this.course.begun;
    const { state } = watch;
    const { readBytes, fetchedBytes, complete } = await this.#slices.read(watch.toPlan(step.runs), {
      signal,
      mostMs: step.mostMs,
      // Somebody begins to read: from now on every quarter of a second counts.
      endsEarly: begun
        ? null
        : () => this.seeTree().then(({ sightings, gone }) => gone || sightings.length > 0),
      onProgress: (read) => this.#report(state, read),
    });
    this.fetchedBytes += fetchedBytes;
    return { sent: step.runs, readBytes, fetchedBytes, complete };
  }

  /** `null` when aborted meanwhile. */
  async #look(signal: AbortSignal): Promise<SetState | null> {
    const { watch, way } = this.#parts;
    try {
      return await watch.look(way === 'window' ? 'all' : 'incomplete', signal);
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  #report({ askedBytes, residentBytes }: SetState, readBytes: number): void {
    this.#parts.options.onProgress?.({
      asked: askedBytes,
      resident: Math.min(askedBytes, residentBytes + readBytes),
      // Of a slice beside a loader only its end tells who fetched what.
      read: this.fetchedBytes + (this.course.begun ? 0 : readBytes),
      loaderBytes: this.furthest,
    });
  }
}
