import { type Budget, computeBudget } from '../budget/index.ts';
import type { Config } from '../config/index.ts';
import type { RateLimit } from '../fill/index.ts';
import type { Reason } from '../guard/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { type AllotInput, type Allotment, allot, claimedSurplus, orderSets } from './allot.ts';
import { type BackOff, backOff } from './back-off.ts';
import { Churn } from './churn.ts';
import type { GuardedFills, KeeperDependencies } from './dependencies.ts';
import { type FilledSet, type FillTask, fillSet, restoreSet, toPriority } from './fill-set.ts';
import { chooseGiveBack } from './give-back.ts';
import { Ledger } from './ledger.ts';
import { type MeasuredFile, type MeasuredSet, measureAgain, measureSets, setOf } from './measure-sets.ts';
import type { PauseWatch } from './pause-watch.ts';
import { Problems } from './problems.ts';
import { heldByBudget, reportSet } from './report.ts';
import { observed, settle } from './settle.ts';
import type { KeeperHappening } from './state-machine.ts';
import type { Held, KeeperEvents, SweepReport } from './types.ts';
import { Wants } from './wants.ts';

/** What a sweep works with that changes from one to the next. */
export interface SweepTask {
  readonly config: Config;
  readonly fills: GuardedFills;
  readonly rate: RateLimit | undefined;
  readonly watch: PauseWatch;
  /** To be restored before anything else is read. */
  readonly snapshot: Snapshot | null;
}

/** Whom a sweep tells what it does. */
export interface SweepListener {
  happened(happening: KeeperHappening): void;
  measured(report: SweepReport): void;
  filled(fill: KeeperEvents['fill'][0]): void;
  problem(problem: KeeperEvents['problem'][0]): void;
  restored(readBytes: number): void;
  /** Called about ten times a second while a fill runs. */
  alive(): void;
}

/** Sweeps, and what has to be remembered from one to the next. */
export class Sweeper {
  readonly #host: KeeperDependencies;
  readonly #listener: SweepListener;
  readonly #ledger = new Ledger();
  readonly #wants = new Wants();
  readonly #churn = new Churn();
  readonly #problems: Problems;
  #backOff: BackOff | null = null;
  #measured: readonly MeasuredSet[] = [];

  constructor(host: KeeperDependencies, listener: SweepListener) {
    this.#host = host;
    this.#listener = listener;
    this.#problems = new Problems((what, failure) => listener.problem({ what, failure }));
  }

  /** While nothing is refilled; `null` otherwise. */
  get backOff(): BackOff | null {
    return this.#backOff !== null && this.#backOff.untilMs > this.#host.now() ? this.#backOff : null;
  }

  /** The sets as the last sweep left them, most urgent first. */
  get measured(): readonly MeasuredSet[] {
    return this.#measured;
  }

  /** Measures, decides, fills, verifies. Rejects when aborted before there is something to tell. */
  async sweep(task: SweepTask): Promise<SweepReport> {
    const { config, watch } = task;
    const startedAtMs = this.#host.now();
    const options = { signal: watch.signal, priority: toPriority(config.fill.ioClass) };
    let sets = await measureSets(orderSets(config.sets), this.#host, options);
    this.#listener.alive();
    const lostBytes = this.#observe(sets);
    const budget = computeBudget(await this.#host.readBudget(), toBudgetOptions(config));
    const churned = this.#churn.observe(lostBytes);
    if (churned !== null) this.#startBackOff(churned, config);

    let refilledBytes = 0;
    if (this.backOff === null) {
      sets = await this.#giveBack(sets, budget, options);
      if (this.#allot(sets, budget).allotments.some(({ readBytes }) => readBytes > 0))
        this.#listener.measured(this.#report(sets, budget, startedAtMs));
      const filled = await this.#fillAll(sets, budget, task);
      sets = filled.sets;
      refilledBytes = filled.readBytes;
      if (filled.bad !== null) this.#startBackOff(filled.bad, config);
      // With something refilled it isn't known yet whether it stays.
      else if (lostBytes === 0 && refilledBytes === 0 && !watch.signal.aborted) this.#calm();
    }
    this.#churn.refilled(refilledBytes);
    sets = sets.map((set) => this.#wants.withFailures(set));
    this.#measured = sets;
    this.#problems.observe(sets);
    return this.#report(sets, budget, startedAtMs);
  }

  #observe(sets: readonly MeasuredSet[]): number {
    this.#ledger.keepOnly(sets.map(({ config }) => config.name));
    this.#wants.keepOnly(sets);
    return sets.reduce(
      (sum, { config, files }) => sum + this.#ledger.observe(config.name, files.map(observed)),
      0,
    );
  }

  #allot(
    sets: readonly MeasuredSet[],
    budget: Budget,
  ): { inputs: AllotInput[]; allotments: readonly Allotment[] } {
    const nowMs = this.#host.now();
    const inputs = sets.map((set) => this.#wants.ofSet(set, nowMs));
    return { inputs, allotments: allot(inputs, budget.allowed) };
  }

  /** Makes room for more urgent sets, where less urgent ones hold more than they are allowed. */
  async #giveBack(
    sets: readonly MeasuredSet[],
    budget: Budget,
    options: { readonly signal: AbortSignal },
  ): Promise<readonly MeasuredSet[]> {
    const { inputs, allotments } = this.#allot(sets, budget);
    const claimed = claimedSurplus(inputs, allotments, budget.allowed);
    const chosen = chooseGiveBack(sets, allotments, claimed, ({ config }, { file }) => {
      return this.#ledger.ofFile(config.name, file.path).refilledBytes > 0;
    });
    if (chosen.length === 0) return sets;
    await this.#host.evict(setOf(chosen.map(({ file }) => file.file)), options);
    return Promise.all(
      sets.map(async (set) => {
        const files = chosen.flatMap((one) => (one.set === set ? one.file : []));
        const changed = await measureAgain(set, files, this.#host, options);
        for (const file of changed.files) this.#ledger.gaveBack(set.config.name, observed(file));
        return changed;
      }),
    );
  }

  async #fillAll(
    measured: readonly MeasuredSet[],
    budget: Budget,
    task: SweepTask,
  ): Promise<{
    readonly sets: readonly MeasuredSet[];
    readonly readBytes: number;
    readonly bad: Reason | null;
  }> {
    const { allotments } = this.#allot(measured, budget);
    const sets = [...measured];
    let bytes = 0;
    for (const [index, { readBytes }] of allotments.entries()) {
      let room = readBytes;
      for (const snapshot of [task.snapshot, null]) {
        const set = sets[index];
        if (!set || room === 0 || task.watch.signal.aborted) continue;
        const filled = await this.#fill(set, room, snapshot, task);
        if (filled === null) continue;
        room = Math.max(0, room - filled.readBytes);
        bytes += filled.readBytes;
        sets[index] = filled.set;
        if (filled.bad !== null) return { sets, readBytes: bytes, bad: filled.bad };
        if (snapshot === null) break;
      }
    }
    return { sets, readBytes: bytes, bad: null };
  }

  async #fill(
    set: MeasuredSet,
    readBytes: number,
    snapshot: Snapshot | null,
    task: SweepTask,
  ): Promise<(FilledSet & { readonly set: MeasuredSet }) | null> {
    const { name } = set.config;
    const nowMs = this.#host.now();
    const missingOf = (file: MeasuredFile): number => this.#wants.missingOf(file, nowMs);
    if (!set.files.some((file) => missingOf(file) > 0)) return null;
    this.#listener.happened({ name: 'fill-began', atMs: nowMs, set: name });
    const fillTask: FillTask = {
      ...task,
      set,
      readBytes,
      missingOf,
      chargeOf: (file) => this.#wants.chargeOf(file),
      onProgress: () => this.#listener.alive(),
    };
    const filled =
      snapshot === null ? await fillSet(fillTask, this.#host) : await restoreSet(fillTask, snapshot);
    this.#listener.happened({ name: 'fill-ended', atMs: this.#host.now() });
    if (filled === null) return null;
    if (snapshot !== null) this.#listener.restored(filled.readBytes);
    const { lostBytes, seconds } = filled;
    this.#listener.filled({ set: name, readBytes: filled.readBytes, seconds, lostBytes });
    const books = { ledger: this.#ledger, wants: this.#wants, host: this.#host };
    return { ...filled, set: await settle(set, filled, snapshot !== null, books, task.watch.signal) };
  }

  #startBackOff(reason: Reason, { sweep }: Config): void {
    const when = { nowMs: this.#host.now(), firstMs: sweep.interval, random: this.#host.random() };
    this.#backOff = backOff(this.#backOff, reason, when);
  }

  #calm(): void {
    this.#backOff = null;
    this.#churn.calm();
  }

  #report(sets: readonly MeasuredSet[], budget: Budget, startedAtMs: number): SweepReport {
    const { inputs, allotments } = this.#allot(sets, budget);
    const wants = sets.flatMap((set, index) => {
      const input = inputs[index];
      return input ? [{ config: set.config, wants: input }] : [];
    });
    const missing = inputs.some(({ missingBytes }) => missingBytes > 0);
    const reason: Held | null = this.backOff?.reason ?? heldByBudget(wants, allotments, budget);
    return {
      startedAtMs,
      seconds: (this.#host.now() - startedAtMs) / 1000,
      sets: sets.map((set, index) => reportSet(set, allotments[index]?.allowedBytes ?? 0, this.#ledger)),
      budget: { allowedBytes: budget.allowed, limit: budget.binding, reason: budget.reason },
      held: missing ? reason : null,
    };
  }
}

function toBudgetOptions({ budget }: Config): { maxBytes: number | undefined; fractionOfAvailable: number } {
  return { maxBytes: budget.maxBytes ?? undefined, fractionOfAvailable: budget.fractionOfAvailable };
}
