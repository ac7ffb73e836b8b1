import type { RestoredFile, SavedSnapshot, SnapshotDiff } from '../snapshot/index.ts';
import type { WarmSet } from '../targets/index.ts';
import { EXIT } from './exit-codes.ts';

/** Which exit code a snapshot's verb deserves. Pure; what failed goes before what the budget left out. */
export function judgeSave({ failures }: Pick<WarmSet, 'failures'>, { unknownFiles }: SavedSnapshot): number {
  return failures.length > 0 || unknownFiles > 0 ? EXIT.notAllDone : EXIT.done;
}

const DONE: ReadonlySet<RestoredFile['state']> = new Set(['restored', 'already-resident', 'to-restore']);

export function judgeRestore({ files }: { readonly files: readonly RestoredFile[] }): number {
  const undone = files.filter(({ state }) => !DONE.has(state));
  if (undone.length === 0) return EXIT.done;
  return undone.every(({ state }) => state === 'out-of-budget') ? EXIT.stopped : EXIT.notAllDone;
}

/** A difference is an answer, not a failure. */
export function judgeDiff({ unknownFiles }: SnapshotDiff): number {
  return unknownFiles > 0 ? EXIT.notAllDone : EXIT.done;
}
