import type { EvictResult, FillPlan, WarmResult } from '../fill/index.ts';
import type { ResidencyReport } from '../residency/index.ts';
import type { WarmSet } from '../targets/index.ts';
import { EXIT } from './exit-codes.ts';

/**
 * Which exit code a result deserves. Pure. What failed goes before what the budget left out: 3 says that everything
 * within the budget is as it was asked for.
 */
type Targets = Pick<WarmSet, 'failures'>;

export function judgeStatus({ failures }: Targets, { files }: ResidencyReport): number {
  const unreadable = files.some((file) => file.state === 'unknown' && file.reason.code === 'unreadable');
  return failures.length > 0 || unreadable ? EXIT.notAllDone : EXIT.done;
}

export function judgePlan({ failures }: Targets, { failed, leftOut }: FillPlan): number {
  if (failures.length > 0 || failed.length > 0) return EXIT.notAllDone;
  return leftOut > 0 ? EXIT.stopped : EXIT.done;
}

export function judgeWarm({ failures }: Targets, result: WarmResult): number {
  const { files, stopped, residentNow, asked, lost, unverifiedFiles } = result;
  if (failures.length > 0 || files.some(({ failure }) => failure !== null)) return EXIT.notAllDone;
  if (stopped?.reason === 'budget' || stopped?.reason === 'guard') return EXIT.stopped;
  const allThere = residentNow >= asked && lost === 0 && unverifiedFiles === 0;
  return allThere ? EXIT.done : EXIT.notAllDone;
}

export function judgeEvict({ failures }: Targets, { files, residentNow, unknownFiles }: EvictResult): number {
  const failed = failures.length > 0 || files.some(({ failure }) => failure !== null);
  return failed || residentNow > 0 || unknownFiles > 0 ? EXIT.notAllDone : EXIT.done;
}
