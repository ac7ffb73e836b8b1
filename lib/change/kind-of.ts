import { WarmsetError } from '../errors.ts';
import type { Step, StepKind, StepKinds } from './types.ts';

/** The meaning of a step. */
export function kindOf(step: Step, kinds: StepKinds): StepKind<Step> {
  const kind = kinds.find((one) => one.do === step.do);
  if (kind === undefined)
    throw new WarmsetError('WARMSET_CHANGE', `there are no steps of the kind ${step.do}`);
  return kind;
}
