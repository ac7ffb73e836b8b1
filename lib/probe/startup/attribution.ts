import type { StartupPhase } from './types.ts';

export interface Attribution {
  readonly unattributedSeconds: number | null;
  readonly overlapSeconds: number | null;
}

/**
 * What of the total no phase explains. Only phases that are in no other are added up; in whole microseconds, so that
 * they and the rest are the total exactly, less the overlap.
 */
export function attribute(totalSeconds: number | null, phases: readonly StartupPhase[]): Attribution {
  if (totalSeconds === null) return { unattributedSeconds: null, overlapSeconds: null };
  const explained = phases
    .filter(({ within }) => within === null)
    .reduce((sum, { seconds }) => sum + Math.round(seconds * 1e6), 0);
  const rest = Math.round(totalSeconds * 1e6) - explained;
  return {
    unattributedSeconds: Math.max(0, rest) / 1e6,
    overlapSeconds: Math.max(0, -rest) / 1e6,
  };
}
