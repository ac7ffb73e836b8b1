import type { Reason, Verdict } from '../guard/index.ts';

/**
 * Ends a fill that the guard holds still: a keeper that waits inside of a fill would measure nothing meanwhile. The fill
 * is aborted, and the keeper backs off with the guard's reason.
 */
export class PauseWatch implements Disposable {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #patienceMs: number;
  #timer: NodeJS.Timeout | null = null;
  #reason: Reason | null = null;
  #objection: Reason | null = null;

  /** @param patienceMs how long a pause may last; Infinity for as long as it takes */
  constructor(outer: AbortSignal, patienceMs: number) {
    this.#outer = outer;
    this.#patienceMs = patienceMs;
    if (outer.aborted) this.#controller.abort(outer.reason);
    else outer.addEventListener('abort', this.#onOuter, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the guard had against the fill last; `null` while it had nothing. */
  get objection(): Reason | null {
    return this.#objection;
  }

  /** Why the fill was ended; `null` when it wasn't, or not by this. */
  get reason(): Reason | null {
    return this.#reason;
  }

  onVerdict(verdict: Verdict): void {
    if (verdict.action !== 'go') this.#objection = verdict.reason;
    if (verdict.action === 'go' || verdict.action === 'slow') this.#disarm();
    else this.#arm(verdict.reason);
  }

  [Symbol.dispose](): void {
    this.#disarm();
    this.#outer.removeEventListener('abort', this.#onOuter);
  }

  readonly #onOuter = (): void => this.#controller.abort(this.#outer.reason);

  #arm(reason: Reason): void {
    if (this.#timer !== null || !Number.isFinite(this.#patienceMs)) return;
    this.#timer = setTimeout(() => {
      this.#reason = reason;
      this.#controller.abort(new Error(reason.message));
    }, this.#patienceMs);
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
