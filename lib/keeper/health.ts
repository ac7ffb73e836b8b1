import { formatDuration, formatShare } from '../units.ts';
import type { KeeperHealth, KeeperState, SweepReport } from './types.ts';

export interface HealthInput {
  readonly state: KeeperState;
  readonly sweep: SweepReport | null;
  readonly nowMs: number;
  /** When the loop last did something. */
  readonly aliveAtMs: number;
  readonly intervalMs: number;
  /** That is to be resident. 0 to 1. */
  readonly share: number;
  readonly waitsForLock: boolean;
}

// Sweeps may be asked for ten times a second; a busy host must not make a healthy keeper look stuck.
const LEAST_PATIENCE_MS = 10_000;

/** Live: the loop ran within three intervals. Ready: the share is resident, or held back for a reason that is told. Pure. */
export function judgeHealth(input: HealthInput): KeeperHealth {
  const { state, nowMs, aliveAtMs, intervalMs } = input;
  if (state.name === 'stopped') {
    const wanted = state.why === 'disabled';
    const reasons = [`the keeper is stopped (${state.why}): ${state.detail}`];
    return { live: wanted || state.why === 'not-started', ready: wanted, reasons };
  }
  if (input.waitsForLock) {
    return {
      live: true,
      ready: false,
      reasons: ['another keeper of this node holds the lock; waiting for it'],
    };
  }
  const silentMs = nowMs - aliveAtMs;
  const live = silentMs <= Math.max(LEAST_PATIENCE_MS, 3 * intervalMs);
  const stuck = live ? [] : [`the loop has done nothing for ${formatDuration(silentMs)}`];
  const { ready, reasons } = judgeReady(input);
  return { live, ready, reasons: [...stuck, ...reasons] };
}

function judgeReady({ sweep, share, state }: HealthInput): Pick<KeeperHealth, 'ready' | 'reasons'> {
  if (sweep === null) return { ready: false, reasons: ['the first sweep is under way'] };
  const held = state.name === 'backing-off' ? state.reason : sweep.held;
  const missing = describeMissing(sweep, share);
  if (missing === null) return { ready: true, reasons: [] };
  if (held === null) return { ready: false, reasons: [missing] };
  return { ready: true, reasons: [`${missing}, held back: ${held.message}`] };
}

/** `null` where the share is resident. What nobody can know is not asked for here: it would never be ready. */
function describeMissing({ sets }: SweepReport, share: number): string | null {
  const known = sets.reduce((sum, { knownBytes }) => sum + knownBytes, 0);
  const resident = sets.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  if (resident >= known * share) return null;
  return `${formatShare(resident / known)} of the known bytes are resident, ${formatShare(share)} is asked for`;
}
