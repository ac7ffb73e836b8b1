import { COMMON_STEPS, type StepKinds } from '../change/index.ts';

/** Every kind of step that a change of the storage may be made of, and so every kind that its journals may name. */
export const STORAGE_STEPS: StepKinds = [...COMMON_STEPS];
