import type { FileFailure } from '../errors.ts';
import type { Reason } from '../guard/index.ts';
import { addon } from '../native/addon.ts';
import { type WarmSet, wantedBytes } from '../targets/index.ts';
import { formatBytes } from '../units.ts';
import { chooseEngine, type EngineOptions } from './choose-engine.ts';
import { readDeviceFacts } from './device-facts.ts';
import { type Guarded, HostGuard } from './guarding/host-guard.ts';
import type { GuardSummary } from './guarding/round.ts';
import { explainLoss } from './loss.ts';
import { type PlanOptions, planWarm } from './prepare.ts';
import { RateLimit } from './rate-limit.ts';
import { readingPriority } from './reading-priority.ts';
import { readBudgetReadings } from './readings.ts';
import { type FillOutcome, NOTHING_DONE, runFill } from './run-fill.ts';
import type { FillPlan, PlannedFile, Stopped, WarmedFile, WarmProgress, WarmResult } from './types.ts';
import { countResident } from './verify.ts';

export interface WarmOptions extends PlanOptions, EngineOptions {
  /**
   * No more than this: bytes a second, a rate such as `500MiB/s`, or a {@link RateLimit} that several fills share.
   * @default unlimited
   */
  readonly rate?: number | string | RateLimit | undefined;
  /**
   * Watches the host and slows, pauses or stops the fill for others' sake; `false` for none.
   * @default one for all fills of the process, which stops a fill that it had to pause for a minute
   */
  readonly guard?: HostGuard | false | undefined;
  /** Called with what will be done, before anything is read. */
  readonly onPlan?: ((plan: FillPlan) => void) | undefined;
  /** Called about ten times a second. */
  readonly onProgress?: ((progress: WarmProgress) => void) | undefined;
}

// A host that was short for so long needs what it has for others; a fill that nobody watches shouldn't wait for ever.
const STOP_AFTER_SECONDS = 60;

// After an abort: a device that answers does so sooner.
const PATIENCE_MS = 1000;

let shared: HostGuard | undefined;

/** Of all fills of the process: two guards would take each other's fills for neighbours, and both would yield. */
export function usualGuard(): HostGuard {
  shared ??= new HostGuard({ limits: { stopAfterSeconds: STOP_AFTER_SECONDS } });
  return shared;
}

/**
 * Makes a set resident within its budget and verifies that it is: measures, reads what is missing, measures again.
 *
 * Aborting ends the fill within a window and resolves with what was done (`stopped`). A file that can't be read is a
 * result of that file. Rejects for bad options only, and when aborted before the fill began.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`, `WARMSET_UNSUPPORTED`
 */
export async function warm(set: WarmSet, options: WarmOptions = {}): Promise<WarmResult> {
  const meanFileBytes = set.size / Math.max(1, set.files.length);
  // Before anything else: a bad option is told at once.
  chooseEngine(addon().features(), options);
  const rate = toRateLimit(options.rate);
  const guard = options.guard ?? usualGuard();
  const report = (phase: WarmProgress['phase'], read: number, toRead: number, filesDone: number): void =>
    options.onProgress?.({
      phase,
      read,
      toRead,
      filesDone,
      files: set.files.length,
      verdict: guard ? guard.verdict : null,
    });
  const plan = await planWarm(set, { ...options, onMeasured: (files) => report('measuring', 0, 0, files) });
  options.onPlan?.(plan);

  const pending = plan.files.filter(({ toRead }) => toRead > 0);
  const first = pending[0]?.file;
  const facts = first && (await readDeviceFacts(first, { priority: options.priority }));
  const choice = chooseEngine(addon().features(), options, meanFileBytes, facts);
  const guarded = await underGuard(plan.toRead > 0 && guard, pending, options.signal, (held) =>
    runFill(pending, choice, {
      ...held,
      priority: readingPriority(options.priority, facts),
      // The guard's last: whoever waits for a later one already counts as reading for those before it.
      rates: [rate, guard ? guard.rate : undefined].filter((limit) => limit !== undefined),
      onProgress: ({ read, filesDone }) =>
        report('filling', read, plan.toRead, set.files.length - pending.length + filesDone),
    }),
  );
  const fill = guarded.result;
  let next = 0;
  const outcomes = plan.files.map(({ toRead }) =>
    toRead > 0 ? (fill.outcomes[next++] ?? NOTHING_DONE) : NOTHING_DONE,
  );

  report(
    'verifying',
    sum(outcomes, ({ read }) => read),
    plan.toRead,
    set.files.length,
  );
  // Without the signal: what was done before an abort is verified too.
  const resident = await countResident(plan.files, outcomes, {
    priority: options.priority,
    patienceMs: fill.aborted ? PATIENCE_MS : undefined,
  });
  const files = plan.files.map((planned, index) =>
    toWarmedFile(planned, outcomes[index] ?? NOTHING_DONE, resident[index] ?? null),
  );
  const read = sum(files, (file) => file.read);
  const lost = sum(files, (file) => file.lost);
  return {
    asked: plan.asked,
    alreadyResident: plan.alreadyResident,
    read,
    residentNow: sum(files, ({ residentNow }) => residentNow ?? 0),
    lost,
    lostTo: lost > 0 ? explainLoss(await readBudgetReadings()) : null,
    unverifiedFiles: files.filter(({ residentNow }) => residentNow === null).length,
    engine: fill.choice,
    bytesPerSecond: read > 0 ? read / fill.seconds : null,
    seconds: fill.seconds,
    budget: plan.budget,
    stopped: whyStopped(plan, fill.aborted, guarded.stopped),
    guard: guarded.summary,
    files: [...files, ...plan.failed.map(toFailedFile)],
    priorityFailure: fill.priorityFailure,
  };
}

function toRateLimit(rate: WarmOptions['rate']): RateLimit | undefined {
  return typeof rate === 'number' || typeof rate === 'string' ? new RateLimit(rate) : rate;
}

function toWarmedFile(
  { file, asked, alreadyResident }: FillPlan['files'][number],
  { read, failure }: FillOutcome,
  counted: number | null,
): WarmedFile {
  // Of a file that grew meanwhile its last page counts whole, and holes that were written to count, too.
  const residentNow = counted === null ? null : Math.min(counted, asked);
  // Where it isn't known what was resident before, what was read isn't known to have been missing.
  const lost =
    residentNow === null || alreadyResident === null ? 0 : Math.max(0, alreadyResident + read - residentNow);
  return { file, asked, alreadyResident, read, residentNow, lost, failure };
}

function toFailedFile({ file, failure }: { file: WarmedFile['file']; failure: FileFailure }): WarmedFile {
  return {
    file,
    asked: wantedBytes(file),
    alreadyResident: null,
    read: 0,
    residentNow: null,
    lost: 0,
    failure,
  };
}

interface Held {
  readonly signal: AbortSignal | undefined;
  readonly onStart?: Guarded['onStart'];
}

async function underGuard<T>(
  guard: HostGuard | false,
  pending: readonly PlannedFile[],
  signal: AbortSignal | undefined,
  work: (held: Held) => Promise<T>,
): Promise<{ readonly result: T; readonly stopped: Reason | null; readonly summary: GuardSummary | null }> {
  if (!guard) return { result: await work({ signal }), stopped: null, summary: null };
  return guard.watch(
    pending.map(({ file }) => file),
    signal,
    work,
  );
}

function whyStopped(plan: FillPlan, aborted: boolean, held: Reason | null): Stopped | null {
  if (held) return { reason: 'guard', detail: held.message };
  if (aborted) return { reason: 'aborted', detail: 'stopped before everything was read' };
  if (plan.leftOut > 0) return { reason: 'budget', detail: budgetDetail(plan) };
  return null;
}

function budgetDetail({ budget: { allowed, reason }, alreadyResident, leftOut }: FillPlan): string {
  const before =
    alreadyResident > 0 ? `; ${formatBytes(alreadyResident)} of the set were resident before` : '';
  return `the budget allows ${formatBytes(allowed)} (${reason})${before}; ${formatBytes(leftOut)} were left out`;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
