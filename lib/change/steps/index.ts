import type { StepKinds } from '../types.ts';
import { type MakeDirectory, makeDirectoryStep } from './make-directory.ts';
import { type MountStep, mountStep } from './mount.ts';
import { type ReloadSystemd, reloadSystemdStep } from './reload-systemd.ts';
import { type Rename, renameStep } from './rename.ts';
import { type SetValue, setValueStep } from './set-value.ts';
import { type Symlink, symlinkStep } from './symlink.ts';
import { type WriteFile, writeFileStep } from './write-file.ts';

export type { MakeDirectory } from './make-directory.ts';
export type { MountStep } from './mount.ts';
export { look, PATH } from './paths.ts';
export { type ReloadSystemd, systemdRuns } from './reload-systemd.ts';
export type { Rename } from './rename.ts';
export { readValue, type SetValue } from './set-value.ts';
export type { Symlink } from './symlink.ts';
export { usersInWords } from './users-in-words.ts';
export { readText, type WriteFile } from './write-file.ts';

/** A step that any change may be made of. */
export type CommonStep = MakeDirectory | MountStep | ReloadSystemd | Rename | SetValue | Symlink | WriteFile;

/** The kinds of steps that any change may be made of. */
export const COMMON_STEPS: StepKinds = [
  makeDirectoryStep,
  mountStep,
  reloadSystemdStep,
  renameStep,
  setValueStep,
  symlinkStep,
  writeFileStep,
];
