import type { ConditionSummary } from '../analyse.ts';
import { median } from '../statistics/index.ts';
import type { DoneTrial } from '../types.ts';

/** One part of a condition's time. Milliseconds, the median over its trials. */
export interface Part {
  readonly name: string;
  readonly ms: number;
}

/** What a condition's time is made of, in the order in which it passes; nothing is counted twice. */
export function partsOf({ trials }: ConditionSummary): readonly Part[] {
  const names = [...new Set(trials.flatMap((trial) => partsOfTrial(trial).map(({ name }) => name)))];
  return names.map((name) => ({
    name,
    // A trial without it spent nothing on it.
    ms: median(trials.map((trial) => partsOfTrial(trial).find((part) => part.name === name)?.ms ?? 0)),
  }));
}

function partsOfTrial({ preparationMs, loadMs, server }: DoneTrial): readonly Part[] {
  const before = preparationMs === null ? [] : [{ name: 'preparation', ms: preparationMs }];
  if (server === null) return [...before, { name: 'load', ms: loadMs }];
  // What lies within another phase is in that one's seconds already.
  const phases = (server.startup?.phases ?? [])
    .filter(({ within }) => within === null)
    .map(({ name, seconds }) => ({ name, ms: seconds * 1000 }));
  const told = phases.reduce((sum, { ms }) => sum + ms, 0);
  // Logs round up: phases may come to a little more than the start took.
  const rest = Math.max(0, server.readyMs - told);
  return [
    ...before,
    ...phases,
    { name: phases.length === 0 ? 'start' : 'unattributed', ms: rest },
    { name: 'first token', ms: server.first.ttftMs },
  ];
}
