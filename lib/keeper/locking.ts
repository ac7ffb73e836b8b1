import type { Config } from '../config/index.ts';
import type { KeeperDependencies } from './dependencies.ts';
import type { NodeLock } from './node-lock.ts';
import { toFailure } from './problems.ts';
import type { KeeperEvents } from './types.ts';

export type LockOutcome = 'held' | 'waiting' | 'left' | { readonly failed: string };

type Told = KeeperEvents['lock'][0]['state'];

/** The lock of the node, taken once. */
export class Locking {
  readonly #acquire: KeeperDependencies['acquireLock'];
  readonly #config: Config['lock'] | null;
  readonly #tell: (lock: KeeperEvents['lock'][0]) => void;
  #lock: Pick<NodeLock, 'release'> | null = null;
  #taking: Promise<LockOutcome> | null = null;
  #waiting = false;

  /** @param config `null`: there is no lock, and it is always held */
  constructor(
    config: Config['lock'] | null,
    acquire: KeeperDependencies['acquireLock'],
    tell: (lock: KeeperEvents['lock'][0]) => void,
  ) {
    this.#config = config;
    this.#acquire = acquire;
    this.#tell = tell;
  }

  /** Whether another keeper holds it and this one waits. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /**
   * Takes it. Never rejects.
   *
   * @param wait `false`: `waiting` at once where it would have to wait
   */
  async take(wait: boolean, signal: AbortSignal): Promise<LockOutcome> {
    if (this.#config === null || this.#lock !== null) return 'held';
    if (this.#waiting && !wait) return 'waiting';
    const config = this.#config;
    this.#taking ??= this.#attempt(config, wait, signal).finally(() => {
      this.#taking = null;
    });
    const outcome = await this.#taking;
    // Whoever came first may not have been willing to wait.
    return outcome === 'waiting' && wait && !signal.aborted ? this.take(wait, signal) : outcome;
  }

  async release(): Promise<void> {
    const lock = this.#lock;
    this.#lock = null;
    if (lock === null) return;
    await lock.release();
    this.#say('released');
  }

  async #attempt(
    { directory, whenHeld }: Config['lock'],
    wait: boolean,
    signal: AbortSignal,
  ): Promise<LockOutcome> {
    try {
      this.#lock = await this.#acquire(directory, { wait: false, signal });
      if (this.#lock === null) {
        if (whenHeld === 'leave') return this.#say('left');
        if (!this.#waiting) this.#say('waiting');
        this.#waiting = true;
        if (!wait) return 'waiting';
        this.#lock = await this.#acquire(directory, { wait: true, signal });
      }
      this.#waiting = false;
      // The signal may have come just when the lock did.
      if (signal.aborted) await this.release();
      return this.#lock === null ? 'waiting' : this.#say('held');
    } catch (error) {
      if (signal.aborted) return 'waiting';
      return { failed: `the lock in ${directory} can't be taken: ${toFailure(error).message}` };
    }
  }

  #say<State extends Told>(state: State): State {
    this.#tell({ state, directory: this.#config?.directory ?? '' });
    return state;
  }
}
