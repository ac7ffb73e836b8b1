import type { KeeperNow } from '../../keeper/index.ts';
import { EXIT } from '../exit-codes.ts';

/**
 * Which exit code an init container deserves. Pure. What nobody can be trusted to know counts as not resident: it was
 * asked to prove the share.
 *
 * @param share of the bytes that must be resident, 0 to 1
 */
export function judgeOnce({ state, sweep, verdict }: KeeperNow, share: number): number {
  if (state.name === 'stopped') {
    if (state.why === 'disabled') return EXIT.done;
    if (state.why === 'other-keeper') return EXIT.stopped;
    if (state.why === 'failed') return EXIT.notAllDone;
  }
  // Without a sweep it waited for another keeper until the deadline.
  if (sweep === null) return EXIT.stopped;
  if (sweep.sets.some(({ failedTargets }) => failedTargets > 0)) return EXIT.notAllDone;
  const target = sweep.sets.reduce((sum, { targetBytes }) => sum + targetBytes, 0);
  const resident = sweep.sets.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  if (resident >= target * share) return EXIT.done;
  if (sweep.held !== null) return EXIT.stopped;
  // The deadline came while the guard held the fill back.
  return verdict !== null && verdict.action !== 'go' ? EXIT.stopped : EXIT.notAllDone;
}

/** Whether a keeper that ended by itself did as it was told. Pure. */
export function judgeService({ state }: KeeperNow): number {
  if (state.name !== 'stopped') return EXIT.done;
  if (state.why === 'other-keeper') return EXIT.stopped;
  return state.why === 'failed' ? EXIT.notAllDone : EXIT.done;
}
