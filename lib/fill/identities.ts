import type { PlannedFile } from './types.ts';

/** Pairs of device and inode, by which the addon knows a file that took another's place. */
export function toIdentities(files: readonly PlannedFile[]): BigUint64Array {
  return BigUint64Array.from(files.flatMap(({ file }) => [file.dev, file.ino]));
}
