import type { Finding } from '../finding.ts';
import type { Readings } from '../readings.ts';
import { checkBudget } from './budget.ts';
import { checkCgroups } from './cgroups.ts';
import { checkFilesystems } from './filesystems.ts';
import { checkFolios } from './folios.ts';
import { checkKernelFeatures } from './kernel-features.ts';
import { checkLoaders } from './loaders.ts';
import { checkLocking } from './locking.ts';
import { checkMeasuring } from './measuring.ts';
import { checkMemory } from './memory.ts';
import { checkPressure } from './pressure.ts';
import { checkReadAhead } from './read-ahead.ts';
import { checkSchedulers } from './schedulers.ts';
import { checkTargets } from './targets.ts';
import { checkUnifiedMemory } from './unified-memory.ts';
import { checkWarmers } from './warmers.ts';

/** Readings in, findings out. Pure. */
export type Check = (readings: Readings) => readonly Finding[];

/** In the order in which findings of one level are told: first what is asked for, then what stands around it. */
export const CHECKS: readonly Check[] = [
  checkTargets,
  checkKernelFeatures,
  checkMeasuring,
  checkFilesystems,
  checkBudget,
  checkCgroups,
  checkMemory,
  checkWarmers,
  checkLoaders,
  checkUnifiedMemory,
  checkSchedulers,
  checkReadAhead,
  checkFolios,
  checkPressure,
  checkLocking,
];
