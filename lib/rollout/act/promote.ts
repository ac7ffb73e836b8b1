import { applyChange, type ChangeOptions, recoverChanges, removeChange } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import type { CheckResult } from '../check.ts';
import type { RolloutFile } from '../file/schema.ts';
import type { Stage } from '../file/stages.ts';
import {
  changesDirectory,
  currentStage,
  KIND,
  noteDecision,
  progressOf,
  recordsOf,
  subjectOf,
} from './state.ts';
import { isStepOf, planAction, ROLLOUT_STEPS } from './steps.ts';

export interface PromoteOptions {
  readonly file: RolloutFile;
  /** Directory of the journals. */
  readonly state: string;
  /** Looks whether the stage that was reached may be left. */
  readonly check: (stage: Stage, beganAtMs: number | null) => Promise<CheckResult>;
  /** Promotes whatever the check says, for this reason, which is written down. */
  readonly forced?: string | undefined;
  readonly onStep?: ChangeOptions['onStep'];
  readonly signal?: AbortSignal | undefined;
  /** @default Date.now */
  readonly now?: (() => number) | undefined;
}

export type PromoteResult =
  | { readonly state: 'promoted'; readonly stage: string; readonly check: CheckResult | null }
  | { readonly state: 'refused'; readonly stage: string; readonly check: CheckResult }
  /** Every stage is done. */
  | { readonly state: 'complete'; readonly stage: null; readonly check: null };

/**
 * Does the next stage, if the one before it passes its gates now. What a crash left half done of that rollout is undone
 * first. Where one of the actions fails, those of the same stage are undone.
 *
 * @throws WarmsetError `WARMSET_ROLLOUT` where the file says something else than what was done; `WARMSET_CHANGE`
 */
export async function promote(options: PromoteOptions): Promise<PromoteResult> {
  const { file, state, check, forced, now = Date.now, signal, onStep } = options;
  const change: ChangeOptions = {
    kinds: ROLLOUT_STEPS,
    directory: changesDirectory(state),
    recovery: 'warmset rollout rollback',
    onStep,
  };
  await recoverChanges(change);
  const records = await recordsOf(file.name, state);
  const progress = progressOf(file, records);
  refuseOtherActions(file, records);
  const next = progress.find((one) => one.state !== 'done');
  if (next === undefined) return { state: 'complete', stage: null, check: null };
  const reached = currentStage(progress.slice(0, progress.indexOf(next)));
  const checked =
    reached === null
      ? null
      : await check(reached.stage, reached.beganAtMs).catch((error: unknown) => {
          // Whoever forces it doesn't wait for a Prometheus that can't be asked.
          if (forced === undefined || signal?.aborted) throw error;
          return null;
        });
  if (checked !== null && checked.verdict !== 'pass' && forced === undefined) {
    return { state: 'refused', stage: next.stage.name, check: checked };
  }
  await noteDecision(
    state,
    {
      rollout: file.name,
      did: 'promote',
      stage: next.stage.name,
      verdict: checked?.verdict ?? null,
      forced: forced ?? null,
    },
    now(),
  );
  await applyStage(file, next.stage, state, { ...change, signal });
  return { state: 'promoted', stage: next.stage.name, check: checked };
}

async function applyStage(
  file: RolloutFile,
  stage: Stage,
  state: string,
  change: ChangeOptions,
): Promise<void> {
  const done: string[] = [];
  const there = await recordsOf(file.name, state);
  try {
    for (const [at, action] of stage.actions.entries()) {
      const subject = subjectOf(file.name, stage.name, at);
      if (there.some((one) => one.subject === subject)) continue;
      const record = await applyChange(
        { kind: KIND, subject, checks: [], steps: [await planAction(action)] },
        change,
      );
      done.push(record.id);
    }
  } catch (error) {
    // The signal that ended the actions must not end their undoing.
    for (const id of done.toReversed()) await removeChange(id, { ...change, signal: undefined });
    throw error;
  }
}

/** A stage that was edited after it was done would be undone by what the journal has, and looks like something else. */
function refuseOtherActions(file: RolloutFile, records: Awaited<ReturnType<typeof recordsOf>>): void {
  for (const { subject, steps } of records) {
    const [, name, index] = subject.split('/');
    const action = file.stages.find((stage) => stage.name === name)?.actions[Number(index)];
    const [step] = steps;
    if (action !== undefined && step !== undefined && isStepOf(step, action)) continue;
    throw new WarmsetError(
      'WARMSET_ROLLOUT',
      `${subject} was done with another action than the file has now`,
      {
        subject: file.name,
        remedy: 'roll back first (it goes by the journal), or put the file back as it was',
      },
    );
  }
}
