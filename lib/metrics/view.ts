import type { Verdict } from '../guard/index.ts';
import type { HitEstimate, KeeperState, SweepReport } from '../keeper/types.ts';
import { durations, SampleWindow } from './sample-window.ts';
import { subscribe } from './subscribe.ts';
import type { KeeperSource, KeeperView, Problem, VerdictSpell } from './types.ts';

export interface WatchOptions {
  /** Spells of the guard's history that are kept. @default 100 */
  readonly spells?: number;
  /** Latency samples that are kept of each kind. @default 1024 */
  readonly samples?: number;
  /** Problems that are kept. @default 20 */
  readonly problems?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

export interface KeeperWatch extends Disposable {
  /** What is known now. Cheap: nothing is asked of the keeper or of the disk. */
  view(): KeeperView;
  /** Unsubscribes. What was seen stays readable. */
  close(): void;
}

/** Follows a keeper's events and remembers a bounded part: for the status page, `/status.json` and `keep --status`. */
export function watchKeeper(source: KeeperSource, options: WatchOptions = {}): KeeperWatch {
  const { spells = 100, samples = 1024, problems: problemLimit = 20, now = Date.now } = options;
  const openMmap = new SampleWindow(samples);
  const read = new SampleWindow(samples);
  let state: KeeperState | null = null;
  let sweep: SweepReport | null = null;
  let hits: HitEstimate | null = null;
  let rateLimit: number | null = null;
  let verdicts: readonly VerdictSpell[] = [];
  let problems: readonly Problem[] = [];

  const close = subscribe(source, [
    {
      state: (next) => {
        state = next;
      },
      sweep: (report) => {
        sweep = report;
      },
      measured: (report) => {
        sweep = report;
      },
      hits: (estimate) => {
        hits = estimate;
      },
      rate: ({ bytesPerSecond }) => {
        rateLimit = bytesPerSecond;
      },
      verdict: (verdict) => {
        verdicts = continueSpells(verdicts, verdict, now()).slice(-spells);
      },
      probe: ({ kind, milliseconds }) => {
        (kind === 'read' ? read : openMmap).add(durations(milliseconds));
      },
      problem: ({ what, failure }) => {
        problems = [{ atMs: now(), what, failure }, ...problems].slice(0, problemLimit);
      },
    },
  ]);
  const view = (): KeeperView => ({
    atMs: now(),
    state,
    sweep,
    verdicts,
    rateLimit,
    hits,
    latency: { openMmap: openMmap.summary(), read: read.summary() },
    problems,
  });
  return { view, close, [Symbol.dispose]: close };
}

/** A verdict like the one before goes on with its spell, with the new words. Pure. */
export function continueSpells(
  spells: readonly VerdictSpell[],
  verdict: Verdict,
  atMs: number,
): readonly VerdictSpell[] {
  const reason = verdict.action === 'go' ? null : verdict.reason;
  const last = spells.at(-1);
  const same = last !== undefined && last.action === verdict.action && last.code === (reason?.code ?? null);
  const spell: VerdictSpell = {
    sinceMs: same ? last.sinceMs : atMs,
    action: verdict.action,
    code: reason?.code ?? null,
    message: reason?.message ?? null,
    bytesPerSecond: verdict.action === 'slow' ? verdict.bytesPerSecond : null,
  };
  return same ? [...spells.slice(0, -1), spell] : [...spells, spell];
}
