import { kindOf } from '../change/index.ts';
import {
  bareStep,
  type CheckResult,
  type PromoteResult,
  ROLLOUT_STEPS,
  type RollbackResult,
  type RolloutFile,
  type StageProgress,
} from '../rollout/index.ts';

/** The documents of `warmset rollout`, under the same contract as those of json-contract.ts. */

export function rolloutPlanJson(file: RolloutFile, progress: readonly StageProgress[]): object {
  return {
    schema: 'warmset.rolloutPlan/1',
    rollout: file.name,
    stages: progress.map(({ stage, state, beganAtMs }) => ({
      name: stage.name,
      footprint: stage.footprint ?? null,
      state,
      beganAtMs,
      gates: file.gates.map(({ name }) => name).filter((name) => stage.gates?.includes(name) ?? true),
      actions: stage.actions.map((action) => {
        const step = bareStep(action);
        const kind = kindOf(step, ROLLOUT_STEPS);
        return { use: action.use, description: kind.describe(step), command: kind.command(step) };
      }),
    })),
  };
}

export function rolloutCheckJson(check: CheckResult): object {
  return { schema: 'warmset.rolloutCheck/1', ...checkJson(check) };
}

function checkJson(check: CheckResult): object {
  const { rollout, stage, verdict, fromMs, untilMs, windowMs, clockAheadMs, gates } = check;
  return { rollout, stage, verdict, fromMs, untilMs, windowMs, clockAheadMs, gates };
}

export function rolloutPromoteJson(file: RolloutFile, result: PromoteResult, applied: boolean): object {
  return {
    schema: 'warmset.rolloutPromote/1',
    rollout: file.name,
    state: result.state,
    stage: result.stage,
    applied,
    check: result.check === null ? null : checkJson(result.check),
  };
}

export function rolloutRollbackJson({ rollout, actions, warnings, complete }: RollbackResult): object {
  return { schema: 'warmset.rolloutRollback/1', rollout, actions, warnings, complete };
}
