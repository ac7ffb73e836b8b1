import type { StepKinds } from '../types.ts';
import { makeDirectoryStep } from './make-directory.ts';
import { mountStep } from './mount.ts';
import { renameStep } from './rename.ts';
import { setValueStep } from './set-value.ts';
import { symlinkStep } from './symlink.ts';
import { writeFileStep } from './write-file.ts';

export type { MakeDirectory } from './make-directory.ts';
export type { MountStep } from './mount.ts';
export { look, PATH } from './paths.ts';
export type { Rename } from './rename.ts';
export { readValue, type SetValue } from './set-value.ts';
export type { Symlink } from './symlink.ts';
export { usersInWords } from './users-in-words.ts';
export { readText, type WriteFile } from './write-file.ts';

/** The kinds of steps that any change may be made of. */
export const COMMON_STEPS: StepKinds = [
  makeDirectoryStep,
  mountStep,
  renameStep,
  setValueStep,
  symlinkStep,
  writeFileStep,
];
