import { COMMON_STEPS, type StepKinds } from '../change/index.ts';
import { NVMEOF_STEPS } from './nvmeof/steps.ts';

/** Every kind of step that a change of storage may be made of, and so that its journals may name. */
export const STORAGE_STEPS: StepKinds = [...COMMON_STEPS, ...NVMEOF_STEPS];
