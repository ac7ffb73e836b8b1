import { statSync } from 'node:fs';
import { expect } from 'vitest';
import type { WarmedFile, WarmResult } from '../../lib/index.ts';
import { oracle, PAGE_SIZE } from './cache.ts';

/** Resident bytes of a file: of the last page what the file has of it. */
export async function residentBytes(file: string): Promise<number> {
  const { runs } = await oracle(file);
  const { size } = statSync(file);
  return runs.reduce(
    (sum, [first, count]) => sum + Math.min((first + count) * PAGE_SIZE, size) - first * PAGE_SIZE,
    0,
  );
}

/** Every number of a result against the independent oracle, to the byte, and the sums against the files. */
export async function expectTruth(result: WarmResult): Promise<void> {
  for (const { file, residentNow, failure } of result.files) {
    if (residentNow === null) continue;
    expect([file.path, residentNow, failure]).toEqual([file.path, await residentBytes(file.path), failure]);
  }
  const sum = (of: (file: WarmedFile) => number) => result.files.reduce((total, file) => total + of(file), 0);
  expect(result.read).toBe(sum(({ read }) => read));
  expect(result.residentNow).toBe(sum(({ residentNow }) => residentNow ?? 0));
  expect(result.lost).toBe(sum(({ lost }) => lost));
  expect(result.alreadyResident).toBe(sum(({ alreadyResident }) => alreadyResident ?? 0));
}
