import { computeBudget } from '../budget/index.ts';
import type { BudgetChoice } from '../fill/index.ts';
import { toBudgetOptions } from '../fill/prepare.ts';
import { readBudgetReadings } from '../fill/readings.ts';
import { filesystemName, kindOf, readMachineModel, unifiedMemoryEvidence } from '../host/index.ts';
import { statfsMagic } from '../native/calls.ts';
import type { JobOptions } from '../native/job.ts';
import { pathBytes, type WarmFile, type WarmSet, wantedBytes } from '../targets/index.ts';
import type { FillFacts } from './advise/index.ts';
import type { RecognisedServer } from './types.ts';

export interface FactsQuestion extends JobOptions {
  readonly set: WarmSet;
  readonly residentBytes: number | null;
  readonly server: RecognisedServer | null;
  readonly budget: BudgetChoice | undefined;
  readonly force: boolean;
}

/** What advice about a fill is made of. The source's rate isn't known before something was read. */
export async function gatherFacts(question: FactsQuestion): Promise<FillFacts> {
  const { set, residentBytes, server, force, ...options } = question;
  const [readings, machine, name] = await Promise.all([
    readBudgetReadings(),
    readMachineModel(),
    nameOfFilesystem(set.files, options),
  ]);
  const { allowed, binding } = computeBudget(readings, toBudgetOptions(question.budget));
  return {
    recognised: server,
    setBytes: set.size,
    residentBytes,
    otherBytes: smallFilesOf(set).size,
    budget: { allowed, binding },
    unifiedMemory: unifiedMemoryEvidence(machine),
    sourceBytesPerSecond: null,
    filesystem: kindOf({ name }),
    filesystemName: name,
    force,
  };
}

const WEIGHTS = new Set<WarmFile['role']>(['weights', 'engine', undefined]);

/** What isn't weights. Where nobody knows what a file is for, it may be. */
export function smallFilesOf(set: WarmSet): WarmSet {
  const files = set.files.filter(({ role }) => !WEIGHTS.has(role));
  return { ...set, files, size: files.reduce((sum, file) => sum + wantedBytes(file), 0) };
}

/** Of the largest file: it holds most of a model's bytes, or lies beside those that do. */
async function nameOfFilesystem(files: readonly WarmFile[], options: JobOptions): Promise<string | null> {
  const largest = files.reduce<WarmFile | null>(
    (most, file) => (most === null || file.size > most.size ? file : most),
    null,
  );
  if (largest === null) return null;
  const magic = await statfsMagic(pathBytes(largest), options).catch(() => null);
  return magic === null ? null : filesystemName(magic);
}
