import { type BudgetOptions, computeBudget } from '../budget/index.ts';
import { addon } from '../native/addon.ts';
import type { JobOptions } from '../native/job.ts';
import { measure } from '../residency/measure.ts';
import type { WarmSet } from '../targets/index.ts';
import { parseSize } from '../units.ts';
import { assess, planFill } from './plan.ts';
import { readBudgetReadings } from './readings.ts';
import { type Select, selectParts } from './select.ts';
import type { FailedFile, FillPlan, PlannedFile } from './types.ts';

export interface BudgetChoice {
  /** Bytes, or a size such as `40GiB`. @default no ceiling of your own */
  readonly maxBytes?: number | string | undefined;
  /** Share of MemAvailable, 0 to 1. @default 0.5 */
  readonly fractionOfAvailable?: number | undefined;
}

export interface PlanOptions extends JobOptions {
  readonly budget?: BudgetChoice | undefined;
  /**
   * Only these parts of each file.
   * @default the parts that the set has of it, or all of it
   */
  readonly select?: Select | undefined;
  /** Called while files are measured. */
  readonly onMeasured?: ((files: number) => void) | undefined;
}

// The unit of planning: a huge page, below which nothing is read separately anyway.
const PLAN_WINDOW = 2 * 1024 * 1024;
const MOST_PLAN_WINDOWS = 65536;

export function toBudgetOptions(choice: BudgetChoice = {}): BudgetOptions {
  const { maxBytes } = choice;
  return {
    // 2^53 is a size, and one byte too many for a budget's sums.
    maxBytes:
      maxBytes === undefined ? undefined : Math.min(parseSize(maxBytes, 'maxBytes'), Number.MAX_SAFE_INTEGER),
    fractionOfAvailable: choice.fractionOfAvailable,
  };
}

/**
 * What `warm` would do with these options: measures the files and cuts what is missing to the budget. Reads nothing of
 * the files.
 */
export async function planWarm(set: WarmSet, options: PlanOptions = {}): Promise<FillPlan> {
  const budgetOptions = toBudgetOptions(options.budget);
  const budget = computeBudget(await readBudgetReadings(), budgetOptions);
  const { pageSize } = addon().features();
  const assessed: (PlannedFile | FailedFile)[] = [];
  const windows = { window: PLAN_WINDOW, mostWindows: MOST_PLAN_WINDOWS };
  for await (const batch of measure(set.files, { ...options, ...windows })) {
    const start = assessed.length;
    const found = batch.flatMap((measurement, at) => {
      const file = set.files[start + at];
      return file ? [{ file, measurement }] : [];
    });
    for (const one of await selectParts(found, options.select, options)) assessed.push(assess(one, pageSize));
    options.onMeasured?.(assessed.length);
  }
  return planFill(assessed, budget, pageSize);
}
