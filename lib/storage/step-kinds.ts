import { COMMON_STEPS, type StepKinds } from '../change/index.ts';
import { NVMEOF_STEPS } from './nvmeof/steps.ts';
import { fstabLineStep } from './persist/fstab-line.ts';
import { reloadSystemdStep } from './persist/reload-systemd.ts';
import { expectUnusedStep } from './steps/expect-unused.ts';
import { keepTimesStep } from './steps/keep-times.ts';
import { localDirectoryStep } from './steps/local-directory.ts';
import { lowerListStep } from './steps/lower-list.ts';
import { requestStep } from './steps/request.ts';
import { seedDirectoryStep } from './steps/seed-directory.ts';
import { setAsideStep } from './steps/set-aside.ts';
import { workDirectoryStep } from './steps/work-directory.ts';

/** What overlays and bind mounts are made of beside the common steps. */
export const LAYER_STEPS: StepKinds = [
  expectUnusedStep,
  fstabLineStep,
  keepTimesStep,
  localDirectoryStep,
  lowerListStep,
  reloadSystemdStep,
  requestStep,
  seedDirectoryStep,
  setAsideStep,
  workDirectoryStep,
];

/** Every kind of step that a change of the storage may be made of, and so every kind that its journals may name. */
export const STORAGE_STEPS: StepKinds = [...COMMON_STEPS, ...LAYER_STEPS, ...NVMEOF_STEPS];
