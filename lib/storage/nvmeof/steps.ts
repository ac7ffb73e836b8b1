import type { StepKinds } from '../../change/index.ts';
import { CONNECT_STEPS } from './connect/steps.ts';
import { TUNE_STEPS } from './tune/rings-step.ts';
import { UNIT_STEPS } from './units/reload-step.ts';

export const NVMEOF_STEPS: StepKinds = [...CONNECT_STEPS, ...TUNE_STEPS, ...UNIT_STEPS];
