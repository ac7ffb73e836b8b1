import type { Config } from '../config/index.ts';
import type { Verdict } from '../guard/index.ts';
import type { KeeperDependencies } from './dependencies.ts';
import { Guarding } from './guarding.ts';
import type { HitWatch } from './hits.ts';
import { PauseWatch } from './pause-watch.ts';
import { toFailure } from './problems.ts';
import { recordedOf, Snapshots } from './snapshots.ts';
import { Sweeper, type SweepListener } from './sweeper.ts';
import type { HitEstimate, KeeperEvents, SweepReport, WatchedReader } from './types.ts';

export type Tell = <Name extends keyof KeeperEvents>(name: Name, ...args: KeeperEvents[Name]) => void;

// Residency is to be measured about as often as it was asked for, also while a fill is held still.
const LONGEST_PAUSE_MS = 30_000;

/** One turn of the loop after the other: a sweep, and what is done around it. */
export class Turns {
  readonly sweeper: Sweeper;
  readonly #host: KeeperDependencies;
  readonly #tell: Tell;
  readonly #snapshots: Snapshots;
  #guarding: Guarding;
  #hitWatch: HitWatch | null = null;
  #watched: Config['watch'];
  #hits: HitEstimate | null = null;
  #restoredBytes = 0;
  #rate: number | null = null;

  constructor(
    config: Config,
    host: KeeperDependencies,
    tell: Tell,
    listener: Pick<SweepListener, 'happened' | 'alive'>,
  ) {
    this.#host = host;
    this.#tell = tell;
    this.#snapshots = new Snapshots(host);
    this.#guarding = this.#guardFor(config);
    this.sweeper = new Sweeper(host, {
      happened: listener.happened,
      alive: listener.alive,
      measured: (report) => tell('measured', report),
      filled: (fill) => tell('fill', fill),
      problem: (problem) => tell('problem', problem),
      restored: (bytes) => {
        this.#restoredBytes += bytes;
      },
    });
  }

  get verdict(): Verdict | null {
    return this.#guarding.verdict;
  }

  get hits(): HitEstimate | null {
    return this.#hits;
  }

  /** Takes in other limits; where they stay the same so do the guard's baselines. */
  reload(before: Config, after: Config): void {
    if (JSON.stringify([before.guard, before.fill.rate]) === JSON.stringify([after.guard, after.fill.rate]))
      return;
    this.#guarding = this.#guardFor(after);
  }

  /** @param patient stays in a fill that the guard holds still, instead of backing off */
  async turn(config: Config, signal: AbortSignal, patient: boolean): Promise<SweepReport> {
    this.#tellRate();
    const patienceMs = patient ? Number.POSITIVE_INFINITY : Math.min(config.sweep.interval, LONGEST_PAUSE_MS);
    using watch = new PauseWatch(signal, patienceMs);
    const guarding = this.#guarding;
    guarding.watch = watch;
    const snapshot = await this.#attempt('snapshot', signal, () => this.#snapshots.toRestore(config));
    const { fills, rate } = guarding;
    const report = await this.sweeper.sweep({ config, fills, rate, watch, snapshot }).finally(() => {
      guarding.watch = null;
    });
    if (snapshot !== null) {
      const recordedBytes = recordedOf(snapshot, this.sweeper.measured);
      const path = config.snapshot?.path ?? '';
      this.#tell('snapshot', { what: 'restored', path, recordedBytes, readBytes: this.#restoredBytes });
    }
    this.#tell('sweep', report);
    await this.#afterwards(config, signal);
    return report;
  }

  close(): void {
    this.#hitWatch?.close();
    this.#hitWatch = null;
    this.#watched = undefined;
  }

  async #afterwards(config: Config, signal: AbortSignal): Promise<void> {
    await this.#attempt('watch', signal, () => this.#sampleHits(config));
    if (signal.aborted || this.sweeper.backOff !== null) return;
    await this.#attempt('snapshot', signal, async () => {
      const saved = await this.#snapshots.saveWhenDue(config, this.sweeper.measured, signal);
      if (saved !== null) this.#tell('snapshot', saved);
    });
  }

  async #sampleHits({ watch }: Config): Promise<void> {
    if (JSON.stringify(watch) !== JSON.stringify(this.#watched)) {
      this.close();
      const watched = toWatched(watch);
      this.#hitWatch = watched === null ? null : this.#host.createHitWatch(watched);
      this.#watched = watch;
    }
    this.#hits = (await this.#hitWatch?.sample()) ?? null;
    if (this.#hits !== null) this.#tell('hits', this.#hits);
  }

  /** What is done beside the sweep must not end it. */
  async #attempt<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!signal.aborted) this.#tell('problem', { what, failure: toFailure(error) });
      return null;
    }
  }

  #guardFor(config: Config): Guarding {
    return new Guarding(config, this.#host, (verdict) => {
      this.#tell('verdict', verdict);
      this.#tellRate();
    });
  }

  #tellRate(): void {
    const { bytesPerSecond } = this.#guarding;
    if (bytesPerSecond === this.#rate) return;
    this.#rate = bytesPerSecond;
    this.#tell('rate', { bytesPerSecond });
  }
}

function toWatched(watch: Config['watch']): WatchedReader | null {
  if (watch?.pid !== undefined) return { pid: watch.pid };
  return watch?.cgroup === undefined ? null : { cgroup: watch.cgroup };
}
