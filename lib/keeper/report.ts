import type { Budget } from '../budget/index.ts';
import type { SetConfig } from '../config/index.ts';
import { formatBytes } from '../units.ts';
import type { AllotInput, Allotment } from './allot.ts';
import type { Ledger } from './ledger.ts';
import type { MeasuredFile, MeasuredSet } from './measure-sets.ts';
import type { FileStatus, Held, SetStatus } from './types.ts';

/** A set as a sweep leaves it. */
export function reportSet(
  { config, files, failures }: MeasuredSet,
  allowedBytes: number,
  ledger: Ledger,
): SetStatus {
  const { name, priority } = config;
  const known = files.filter(({ residentBytes }) => residentBytes !== null);
  const knownBytes = sum(known, ({ dataBytes }) => dataBytes);
  const residentBytes = sum(known, (file) => file.residentBytes ?? 0);
  return {
    name,
    priority,
    targetBytes: sum(files, ({ dataBytes }) => dataBytes),
    knownBytes,
    residentBytes,
    hitRatio: knownBytes > 0 ? Math.min(1, residentBytes / knownBytes) : null,
    allowedBytes,
    ...ledger.ofSet(name),
    unknownFiles: files.length - known.length,
    failedFiles: files.filter(({ failure }) => failure !== null).length,
    failedTargets: failures.length,
    files: files.map((file) => reportFile(name, file, ledger)),
  };
}

function reportFile(
  set: string,
  { file, dataBytes, residentBytes, map, failure }: MeasuredFile,
  ledger: Ledger,
): FileStatus {
  const { path, size: sizeBytes } = file;
  return { path, sizeBytes, dataBytes, residentBytes, ...ledger.ofFile(set, path), map, failure };
}

/** Why not all that is missing may be read, where budget or quota are the reason. Pure. */
export function heldByBudget(
  sets: readonly { readonly config: SetConfig; readonly wants: AllotInput }[],
  allotments: readonly Allotment[],
  budget: Budget,
): Held | null {
  for (const [index, { config, wants }] of sets.entries()) {
    const { allowedBytes = 0, readBytes = 0 } = allotments[index] ?? {};
    if (readBytes >= wants.missingBytes) continue;
    const { name, quota } = config;
    const limit =
      quota !== null && allowedBytes >= quota
        ? `its quota is ${formatBytes(quota)}`
        : `the budget of all sets is ${formatBytes(budget.allowed)} (${budget.reason}), of which ${formatBytes(allowedBytes)} are for it`;
    return {
      code: 'budget',
      message: `${formatBytes(wants.missingBytes)} of set ${name} are missing: ${limit}`,
    };
  }
  return null;
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
