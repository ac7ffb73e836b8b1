import { type ChangePlan, type ChangeRecord, kindOf, type Step, type StepKinds } from '../change/index.ts';

/** Parts of every document about a change of the system, under the same contract as those of json-contract.ts. */

/** What will be done, and what was looked at before. */
export function changePlanJson({ kind, subject, checks, steps }: ChangePlan, kinds: StepKinds): object {
  return {
    kind,
    subject,
    refused: checks.some(({ verdict }) => verdict === 'refuse'),
    checks: checks.map(({ code, verdict, message, remedy }) => ({
      code,
      verdict,
      message,
      remedy: remedy ?? null,
    })),
    steps: steps.map((step) => stepJson(step, kinds)),
  };
}

/** A change as its journal has it. */
export function changeRecordJson(record: ChangeRecord, kinds: StepKinds): object {
  const { id, kind, subject, beganAtMs, state, failure, begun } = record;
  return {
    ...{ id, kind, subject, beganAtMs, state, failure },
    steps: record.steps.map((step, index) => ({ ...stepJson(step, kinds), begun: begun.includes(index) })),
  };
}

/** `step` is the journal's own: what it holds beside `do` depends on the kind. */
function stepJson(step: Step, kinds: StepKinds): object {
  const kind = kindOf(step, kinds);
  return { do: step.do, description: kind.describe(step), command: kind.command(step), step };
}
