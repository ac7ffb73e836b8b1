import { WarmsetError } from '../errors.ts';
import type { SchedulerSwitch } from '../scheduler-switch/index.ts';
import type { WarmSet } from '../targets/index.ts';
import { formatBytes } from '../units.ts';
import { compareFiles, compareMachine, type Difference } from './compare-machine.ts';
import type { FillOptions, TrialContext } from './context.ts';
import type { ExperimentDependencies } from './dependencies.ts';
import { checkDesign, planTrials } from './design.ts';
import { Journal, type JournalContent } from './journal.ts';
import { makeCold } from './prepare.ts';
import { needServers, readOnce } from './read.ts';
import { takeTrial } from './take-trial.ts';
import type { Design, Header, PlannedTrial, Trial } from './types.ts';

export interface ExperimentOptions {
  /** With `resume`, the journal's own design holds. */
  readonly design: Design;
  /** Where the journal is kept; it must exist. */
  readonly directory: string;
  /** A broken run of the same design in this directory: its finished trials are kept. */
  readonly resume?: JournalContent | undefined;
  /** @default as `warm()` fills */
  readonly fill?: FillOptions | undefined;
  /** Milliseconds after which a trial is void. @default half an hour */
  readonly trialTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: ExperimentEvent) => void) | undefined;
}

export type ExperimentEvent =
  | { readonly type: 'resumed'; readonly differences: readonly Difference[]; readonly kept: number }
  | { readonly type: 'prelude' }
  | { readonly type: 'trial'; readonly planned: PlannedTrial; readonly attempt: number; readonly of: number }
  | { readonly type: 'done'; readonly trial: Trial; readonly of: number };

/** Everything that was found out, whether or not the run came to its end. */
export interface ExperimentResult {
  readonly header: Header;
  /** In the order in which they were taken. */
  readonly trials: readonly Trial[];
  /** What was different when a broken run was taken up again. */
  readonly differences: readonly Difference[];
  /** Planned trials that weren't taken, because the run was aborted. */
  readonly missing: number;
}

// A trial that something disturbed may succeed the next time; what fails three times has a cause that stays.
const ATTEMPTS = 3;
const TRIAL_TIMEOUT_MS = 30 * 60_000;

/**
 * Takes the trials of a design, each in the journal before the next begins. Whole files are read, also where only parts
 * of them are in the set. Aborting resolves with what was done; the run can be continued.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`, `WARMSET_EXPERIMENT`, `WARMSET_UNSUPPORTED`
 */
export async function runExperiment(
  whole: WarmSet,
  options: ExperimentOptions,
  host: ExperimentDependencies,
): Promise<ExperimentResult> {
  const design = checkDesign(options.resume?.header.design ?? options.design);
  const signal = options.signal ?? new AbortController().signal;
  const set: WarmSet = { ...whole, files: whole.files.map(({ parts: _, ...file }) => file) };
  if (set.size === 0) throw refusal('the set has no bytes', 'name files that a server reads');
  if (design.reader.kind === 'server') needServers(host.server);
  const context: TrialContext = {
    set,
    design,
    fill: options.fill ?? {},
    device: await host.findDevice(set),
    signal,
    host,
  };
  await checkRoom(context);
  const header: Header = {
    type: 'header',
    schema: 'warmset.trials/1',
    startedAt: new Date(host.now()).toISOString(),
    design,
    machine: await host.readMachine(set),
    files: await host.readFileFacts(set),
  };
  const differences = options.resume ? compareWith(options.resume, header) : [];
  await using journal = await (options.resume
    ? Journal.reopen(options.directory, options.resume)
    : Journal.create(options.directory, header));
  if (options.resume) {
    const { trials } = options.resume;
    await journal.append({ type: 'resumed', at: header.startedAt, differences });
    options.onEvent?.({ type: 'resumed', differences, kept: trials.length });
  }
  const trials = [...(options.resume?.trials ?? [])];
  const missing = await takeTrials(context, options, trials, journal);
  const before = options.resume?.resumed.flatMap((resumed) => resumed.differences) ?? [];
  return {
    header: options.resume?.header ?? header,
    trials,
    differences: [...before, ...differences],
    missing,
  };
}

/** A warm trial of a set that doesn't fit would be half a cold one. */
async function checkRoom({ set, fill, signal, host }: TrialContext): Promise<void> {
  const { leftOut, budget } = await host.planWarm(set, { budget: fill.budget, signal });
  if (leftOut === 0) return;
  throw refusal(
    `the set doesn't fit: the budget allows ${formatBytes(budget.allowed)} (${budget.reason})`,
    'raise the budget with --fraction or --max-bytes, or take fewer files',
  );
}

function compareWith({ header }: JournalContent, now: Header): readonly Difference[] {
  const differences = [
    ...compareFiles(header.files, now.files),
    ...compareMachine(header.machine, now.machine, header.design.schedulers.length > 0),
  ];
  const grave = differences.find((difference) => difference.grave);
  if (grave === undefined) return differences;
  throw refusal(
    `it isn't the same experiment any more: ${grave.what} was ${grave.was} and is ${grave.is}`,
    'begin a new one in another directory',
  );
}

/** @returns how many of the plan are missing */
async function takeTrials(
  context: TrialContext,
  { onEvent, trialTimeoutMs = TRIAL_TIMEOUT_MS }: ExperimentOptions,
  trials: Trial[],
  journal: Journal,
): Promise<number> {
  const { design, signal } = context;
  const plan = planTrials(design);
  const left = plan.filter(({ index }) => !isSettled(trials, index));
  await using scheduler = await openSwitch(context);
  try {
    if (left.length > 0) await rehearse(context, onEvent);
    for (const planned of left) {
      const condition = design.conditions.find(({ name }) => name === planned.condition);
      if (condition === undefined) continue;
      if (planned.scheduler !== null) await scheduler?.use(planned.scheduler);
      while (!isSettled(trials, planned.index)) {
        const attempt = attemptsOf(trials, planned.index) + 1;
        onEvent?.({ type: 'trial', planned, attempt, of: plan.length });
        const trial = await takeTrial({ planned, attempt, condition, timeoutMs: trialTimeoutMs }, context);
        await journal.append(trial);
        trials.push(trial);
        onEvent?.({ type: 'done', trial, of: plan.length });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return plan.filter(({ index }) => !isSettled(trials, index)).length;
}

function attemptsOf(trials: readonly Trial[], index: number): number {
  return trials.filter((trial) => trial.index === index).length;
}

function isSettled(trials: readonly Trial[], index: number): boolean {
  const done = trials.some((trial) => trial.index === index && trial.state === 'done');
  return done || attemptsOf(trials, index) >= ATTEMPTS;
}

async function openSwitch({ design, device, set, host }: TrialContext): Promise<SchedulerSwitch | null> {
  const { schedulers } = design;
  if (schedulers.length === 0) return null;
  const disk = device === null ? null : (await host.readMachine(set)).device;
  if (disk === null)
    throw refusal('the files lie on no disk whose scheduler could be changed', 'leave --scheduler out');
  return host.openSchedulerSwitch({ device: disk, schedulers });
}

/**
 * Finds out whether the files can be made cold at all, and reads them once: the host of a virtual machine may have its
 * disk in memory from then on, and the first cold trial alone would be slower than all the others.
 */
async function rehearse(context: TrialContext, onEvent: ExperimentOptions['onEvent']): Promise<void> {
  onEvent?.({ type: 'prelude' });
  const why = await makeCold(context);
  if (why !== null) throw refusal(why, 'end what uses these files, or name others');
  if (!context.design.prelude) return;
  // A server's first start does much besides reading (it compiles); the files are what must have been read.
  const { reader } = context.design;
  const plain = reader.kind === 'server' ? ({ kind: 'read' } as const) : reader;
  await readOnce({ ...context, design: { ...context.design, reader: plain } });
}

function refusal(why: string, remedy: string): WarmsetError {
  return new WarmsetError('WARMSET_EXPERIMENT', why, { remedy });
}
