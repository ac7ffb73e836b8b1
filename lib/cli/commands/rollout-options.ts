import type { Command } from 'commander';
import { closest } from '../../closest.ts';
import { WarmsetError } from '../../errors.ts';
import {
  type CheckResult,
  checkStage,
  connectPrometheus,
  currentStage,
  progressOf,
  ROLLOUT_STATE,
  type RolloutFile,
  recordsOf,
  type Stage,
} from '../../rollout/index.ts';
import { EXIT } from '../exit-codes.ts';

/** What the verbs of `warmset rollout` share. */

export interface StateFlags {
  readonly state: string;
  readonly json?: boolean;
}

export function withState(command: Command): Command {
  return command
    .option('--state <directory>', 'where the journal of what was done lies', ROLLOUT_STATE)
    .option('--json', 'JSON for programs');
}

export const EXITS = `
Exit: 0 pass, 1 fail, 3 insufficient`;

export function exitOf({ verdict }: CheckResult): number {
  return verdict === 'pass' ? EXIT.done : verdict === 'fail' ? EXIT.notAllDone : EXIT.stopped;
}

export async function checkNow(
  file: RolloutFile,
  stage: Stage,
  stageBeganAtMs: number | null,
  signal: AbortSignal,
): Promise<CheckResult> {
  const prometheus = await connectPrometheus(file.prometheus, { signal });
  return checkStage({ file, stage, stageBeganAtMs, prometheus });
}

/** The stage of this name, or the one that was reached, with the time when it began; `null` before the first. */
export async function chooseStage(
  file: RolloutFile,
  state: string,
  name: string | undefined,
): Promise<{ readonly stage: Stage; readonly beganAtMs: number | null } | null> {
  const progress = progressOf(file, await recordsOf(file.name, state));
  const names = file.stages.map((stage) => stage.name);
  if (name === undefined) return currentStage(progress);
  const named = progress.find(({ stage }) => stage.name === name);
  if (named !== undefined) return named;
  const meant = closest(name, names);
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `there is no stage ${JSON.stringify(name)}`, {
    remedy: meant === undefined ? `the stages are ${names.join(', ')}` : `did you mean ${meant}?`,
  });
}
