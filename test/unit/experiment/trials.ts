import type { Condition, Design, DoneTrial, Trial } from '../../../lib/experiment/types.ts';

export const CONDITIONS: readonly Condition[] = [
  { kind: 'cold', name: 'cold' },
  { kind: 'prewarm', name: 'prewarm' },
  { kind: 'warm', name: 'warm' },
  { kind: 'run', name: 'run' },
];

export function aDesign(over: Partial<Design> = {}): Design {
  return {
    conditions: CONDITIONS,
    rounds: 5,
    seed: 1,
    reader: { kind: 'scan' },
    prelude: true,
    dropCaches: false,
    schedulers: [],
    ...over,
  };
}

export function aTrial(over: Partial<DoneTrial> = {}): DoneTrial {
  const { loadMs = 1000, preparationMs = null } = over;
  return {
    type: 'trial',
    index: 0,
    round: 0,
    condition: 'cold',
    scheduler: null,
    attempt: 1,
    startedAt: '2026-03-01T14:00:00.000Z',
    state: 'done',
    preparationMs,
    loadMs,
    totalMs: loadMs + (preparationMs ?? 0),
    residentAtLoad: 0,
    residentAfter: 2 ** 30,
    server: null,
    held: null,
    interference: {
      stalledMs: { cpu: 1, io: 800, memory: 0 },
      deviceBytes: 2 ** 30,
      ourBytes: 2 ** 30,
      othersBytes: 0,
      load: 0.5,
    },
    timeline: [
      { ms: 0, residentBytes: 0, deviceBytes: 0 },
      { ms: 500, residentBytes: 2 ** 29, deviceBytes: 2 ** 29 },
      { ms: 1000, residentBytes: 2 ** 30, deviceBytes: 2 ** 30 },
    ],
    ...over,
  };
}

/** Trials of one condition with these times, numbered from `from`. */
export function trialsOf(
  condition: string,
  loads: readonly number[],
  more: Partial<DoneTrial> = {},
  from = 0,
): Trial[] {
  return loads.map((loadMs, round) => aTrial({ condition, loadMs, round, index: from + round, ...more }));
}
