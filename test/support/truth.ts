import { statSync } from 'node:fs';
import { expect } from 'vitest';
import type { WarmedFile, WarmResult } from '../../lib/index.ts';
import { oracle, PAGE_SIZE } from './cache.ts';

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE_SIZE);
}

/** Resident bytes of a file as the library counts them: whole pages, no more than the file has. */
export async function residentBytes(file: string): Promise<number> {
  return Math.min((await oracle(file)).resident * PAGE_SIZE, statSync(file).size);
}

/** Every number of a result against the independent oracle, page by page, and the sums against the files. */
export async function expectTruth(result: WarmResult): Promise<void> {
  for (const { file, residentNow, failure } of result.files) {
    if (residentNow === null) continue;
    const { resident } = await oracle(file.path);
    expect([file.path, pages(residentNow), failure]).toEqual([file.path, resident, failure]);
  }
  const sum = (of: (file: WarmedFile) => number) => result.files.reduce((total, file) => total + of(file), 0);
  expect(result.read).toBe(sum(({ read }) => read));
  expect(result.residentNow).toBe(sum(({ residentNow }) => residentNow ?? 0));
  expect(result.lost).toBe(sum(({ lost }) => lost));
  expect(result.alreadyResident).toBe(sum(({ alreadyResident }) => alreadyResident ?? 0));
}
