import type { FileResidency, ResidencyTotal } from './types.ts';

/** Sums files up; what is unknown is counted and left out of every other number but the size. */
export function totalOf(files: readonly FileResidency[]): ResidencyTotal {
  let size = 0;
  let residentBytes = 0;
  let residentPages = 0;
  let knownPages = 0;
  let unknownFiles = 0;
  for (const file of files) {
    size += file.size;
    if (file.state === 'unknown') {
      unknownFiles += 1;
      continue;
    }
    residentBytes += file.residentBytes;
    residentPages += file.residentPages;
    knownPages += file.pages;
  }
  const cacheHitRatio = knownPages === 0 ? null : residentPages / knownPages;
  return { files: files.length, size, residentBytes, unknownFiles, cacheHitRatio };
}
