import type { Step, StepKinds } from '../../change/index.ts';
import type { Action } from '../file/stages.ts';
import { type ComposeStep, composeOf, composeStep, servicesBefore } from './compose.ts';
import { type HelmStep, helmBefore, helmOf, helmStep } from './helm.ts';
import { labelBefore, type NodeLabelStep, nodeLabelOf, nodeLabelStep } from './node-label.ts';
import { type SystemdStep, systemdOf, systemdStep, unitBefore } from './systemd.ts';

export type RolloutStep = HelmStep | NodeLabelStep | ComposeStep | SystemdStep;

/** The kinds of steps that a rollout's journal may name. */
export const ROLLOUT_STEPS: StepKinds = [helmStep, nodeLabelStep, composeStep, systemdStep];

/** The step of an action, with what is there now: programs are asked, nothing is changed. */
export async function planAction(action: Action): Promise<RolloutStep> {
  switch (action.use) {
    case 'helm':
      return helmOf(action, await helmBefore(action));
    case 'node-label':
      return nodeLabelOf(action, await labelBefore(action));
    case 'compose':
      return composeOf(action, await servicesBefore(action));
    case 'systemd':
      return systemdOf(action, await unitBefore(action));
  }
}

/** The step of an action as if nothing had been there before: what it would do, and what takes it back in any case. */
export function bareStep(action: Action): RolloutStep {
  switch (action.use) {
    case 'helm':
      return helmOf(action, null);
    case 'node-label':
      return nodeLabelOf(action, null);
    case 'compose':
      return composeOf(action, []);
    case 'systemd':
      return systemdOf(action, { enabled: false, active: false });
  }
}

/** Whether a journaled step is what the action says, whatever was there before it. */
export function isStepOf(step: Step, action: Action): boolean {
  const plain = (one: Step): string =>
    JSON.stringify(
      Object.entries(one)
        .filter(([key]) => key !== 'before')
        .sort(),
    );
  return plain(step) === plain(bareStep(action));
}
