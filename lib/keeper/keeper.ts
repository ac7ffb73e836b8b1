import { EventEmitter } from 'node:events';
import { jittered } from './back-off.ts';
import type { KeeperDependencies } from './dependencies.ts';
import { describeChange, describeRefusal } from './describe-change.ts';
import { judgeHealth } from './health.ts';
import { Locking } from './locking.ts';
import { type KeeperOptions, type Settings, type SweepOptions, toSettings } from './options.ts';
import { probeOnAndOn } from './probes.ts';
import { toFailure } from './problems.ts';
import { sleep } from './sleep.ts';
import { type KeeperHappening, next } from './state-machine.ts';
import { Turns } from './turns.ts';
import type { KeeperEvents, KeeperNow, KeeperState, StoppedWhy, SweepReport } from './types.ts';

// SIGTERM is to be answered within a second, with some of it left for whoever called.
const DRAIN_MS = 800;

const DISABLED = 'enabled is false (in the file, or by WARMSET_ENABLED=0), so nothing is done';

/** Keeps sets resident: see `createKeeper`. Tells what it does by {@link KeeperEvents}. */
export class Keeper extends EventEmitter<KeeperEvents> implements AsyncDisposable {
  readonly #host: KeeperDependencies;
  readonly #turns: Turns;
  readonly #locking: Locking;
  #settings: Settings;
  #state: KeeperState = { name: 'stopped', why: 'not-started', detail: 'it was not started yet' };
  #report: SweepReport | null = null;
  #aliveAtMs: number;
  /** Aborted to end all that is under way; a keeper that is enabled again gets another one. */
  #life = new AbortController();
  #nap = new AbortController();
  #nextSweepAtMs: number | null = null;
  #started = false;
  #loops: Promise<unknown> | null = null;
  #sweeping: Promise<SweepReport | null> | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: KeeperOptions, host: KeeperDependencies) {
    super();
    this.#host = host;
    this.#settings = toSettings(options);
    this.#aliveAtMs = host.now();
    const tell = <Name extends keyof KeeperEvents>(name: Name, ...args: KeeperEvents[Name]): void =>
      this.#tell(name, ...args);
    const { config, locks } = this.#settings;
    this.#locking = new Locking(locks ? config.lock : null, host.acquireLock, (lock) => tell('lock', lock));
    this.#turns = new Turns(config, host, tell, {
      happened: (happening) => this.#happened(happening),
      alive: () => this.#alive(),
    });
  }

  get state(): KeeperState {
    return this.#state;
  }

  /** What is known now. Cheap: nothing is measured. */
  view(): KeeperNow {
    const { verdict, hits } = this.#turns;
    const { sweep, share } = this.#settings.config;
    const health = judgeHealth({
      state: this.#state,
      sweep: this.#report,
      nowMs: this.#host.now(),
      aliveAtMs: this.#aliveAtMs,
      intervalMs: sweep.interval,
      share,
      waitsForLock: this.#locking.waiting,
    });
    return { state: this.#state, sweep: this.#report, verdict, hits, health };
  }

  /**
   * Takes the node's lock and begins to sweep. Resolves as soon as that is under way, or when it is clear that it won't
   * be: `state` says which. Never rejects.
   */
  async start(): Promise<void> {
    if (this.#started || this.#closing !== null) return;
    this.#started = true;
    await this.#begin();
  }

  /**
   * One sweep now; one that is under way counts. `null` where nothing may be done, or when it was closed meanwhile:
   * `state` says why.
   */
  sweep({ patient = false }: SweepOptions = {}): Promise<SweepReport | null> {
    this.#sweeping ??= this.#sweepOnce(patient).finally(() => {
      this.#sweeping = null;
    });
    return this.#sweeping;
  }

  /**
   * Goes on with other options, and sweeps at once. The lock, the address to listen at and the log stay as they were at
   * the start. What can't be used is refused, and the old goes on; the event `config` tells either. Never rejects.
   *
   * @param options or what loads them
   * @returns whether they were accepted
   */
  async reload(options: KeeperOptions | (() => Promise<KeeperOptions>)): Promise<boolean> {
    const before = this.#settings;
    let after: Settings;
    try {
      after = toSettings(typeof options === 'function' ? await options() : options);
      this.#turns.reload(before.config, after.config);
    } catch (error) {
      this.#tell('config', { accepted: false, lines: describeRefusal(error) });
      return false;
    }
    this.#settings = { config: { ...after.config, lock: before.config.lock }, locks: before.locks };
    this.#tell('config', { accepted: true, lines: describeChange(before.config, after.config) });
    if (!this.#started || this.#closing !== null) return true;
    if (!after.config.enabled) {
      if (this.#loops !== null) await this.#end('disabled', DISABLED);
    } else if (this.#loops === null) await this.#begin();
    else this.#nap.abort();
    return true;
  }

  /** Ends what is under way, keeps what was done and lets the lock go: within a second. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#end('closed', 'it was closed');
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #begin(): Promise<void> {
    if (!this.#settings.config.enabled) return this.#stop('disabled', DISABLED);
    this.#life = this.#life.signal.aborted ? new AbortController() : this.#life;
    const { signal } = this.#life;
    const may = await this.#mayWork(false, signal);
    if (signal.aborted) return;
    if (may) this.#loops = this.#run(signal);
    else if (this.#locking.waiting) {
      this.#happened({ name: 'started' });
      this.#loops = this.#mayWork(true, signal).then((held) => (held ? this.#run(signal) : undefined));
    }
  }

  async #mayWork(wait: boolean, signal: AbortSignal): Promise<boolean> {
    const outcome = await this.#locking.take(wait, signal);
    if (signal.aborted) return false;
    if (outcome === 'left') this.#stop('other-keeper', 'another keeper of this node holds the lock');
    else if (typeof outcome === 'object') this.#stop('failed', outcome.failed);
    return outcome === 'held';
  }

  #run(signal: AbortSignal): Promise<unknown> {
    this.#happened({ name: 'started' });
    return Promise.all([this.#sweepOnAndOn(signal), this.#probeOnAndOn(signal)]);
  }

  async #sweepOnAndOn(signal: AbortSignal): Promise<void> {
    const endNap = (): void => this.#nap.abort();
    signal.addEventListener('abort', endNap, { once: true });
    while (!signal.aborted) {
      this.#nap = new AbortController();
      const nap = this.#nap.signal;
      // What went wrong was told as a problem; the next one may fare better.
      await this.sweep().catch(() => null);
      if (signal.aborted) break;
      await sleep(Math.max(0, (this.#nextSweepAtMs ?? 0) - this.#host.now()), nap);
    }
    signal.removeEventListener('abort', endNap);
  }

  #probeOnAndOn(signal: AbortSignal): Promise<void> {
    return probeOnAndOn({
      options: () => this.#settings.config.probe,
      measured: () => this.#turns.sweeper.measured,
      host: this.#host,
      signal,
      tell: (name, ...args) => this.#tell(name, ...args),
    });
  }

  async #sweepOnce(patient: boolean): Promise<SweepReport | null> {
    if (this.#closing !== null) return null;
    if (!this.#settings.config.enabled) {
      this.#stop('disabled', DISABLED);
      return null;
    }
    const { signal } = this.#life;
    if (!(await this.#mayWork(true, signal)) || signal.aborted) return null;
    const { config } = this.#settings;
    this.#happened({ name: 'started' });
    this.#happened({ name: 'sweep-began', atMs: this.#host.now() });
    try {
      return await this.#turns.turn(config, signal, patient);
    } catch (error) {
      if (signal.aborted) return null;
      this.#tell('problem', { what: 'sweep', failure: toFailure(error) });
      throw error;
    } finally {
      this.#planNext();
    }
  }

  #planNext(): void {
    const { interval, jitter } = this.#settings.config.sweep;
    const waitMs = jittered(interval, jitter, this.#host.random());
    this.#nextSweepAtMs = this.#loops === null ? null : this.#host.now() + waitMs;
    const { backOff } = this.#turns.sweeper;
    this.#happened({ name: 'sweep-ended', nextSweepAtMs: this.#nextSweepAtMs, backOff });
  }

  async #end(why: StoppedWhy, detail: string): Promise<void> {
    const drained = new AbortController();
    this.#life.abort(new Error(detail));
    const busy = Promise.allSettled([this.#loops, this.#sweeping]).then(() => drained.abort());
    await Promise.race([busy, sleep(DRAIN_MS, drained.signal)]);
    drained.abort();
    this.#loops = null;
    this.#turns.close();
    await this.#locking.release().catch((error: unknown) => {
      this.#tell('problem', { what: 'lock', failure: toFailure(error) });
    });
    this.#stop(why, detail);
  }

  #stop(why: StoppedWhy, detail: string): void {
    this.#happened({ name: 'stopped', why, detail });
  }

  #happened(happening: KeeperHappening): void {
    this.#alive();
    const before = this.#state;
    this.#state = next(before, happening);
    if (this.#state !== before) this.#tell('state', this.#state);
  }

  #alive(): void {
    this.#aliveAtMs = this.#host.now();
  }

  /** A listener that throws is a mistake of whoever listens; it must not end the loop. */
  #tell<Name extends keyof KeeperEvents>(name: Name, ...args: KeeperEvents[Name]): void {
    if (name === 'sweep') [this.#report] = args as KeeperEvents['sweep'];
    try {
      (this as EventEmitter).emit(name, ...args);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}
