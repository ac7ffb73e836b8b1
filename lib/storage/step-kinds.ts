import { COMMON_STEPS, type StepKinds } from '../change/index.ts';
import { NVMEOF_STEPS } from './nvmeof/connect/steps.ts';

/** Every kind of step that a journal of storage's may name. */
export const STORAGE_STEPS: StepKinds = [...COMMON_STEPS, ...NVMEOF_STEPS];
