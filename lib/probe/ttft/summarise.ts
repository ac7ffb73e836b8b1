import { summariseLatency } from '../summary.ts';
import type { TtftOutcome, TtftState, TtftSummary } from './types.ts';

/** Over those that were answered; what takes part in a request and was never reached isn't counted as 0. */
export function summariseTtft(outcomes: readonly TtftOutcome[]): TtftSummary {
  const answered = outcomes.flatMap((outcome) => (outcome.state === 'answered' ? outcome : []));
  return {
    connect: summariseLatency(answered.flatMap(({ connectedMs }) => connectedMs ?? [])),
    firstChunk: summariseLatency(answered.flatMap(({ firstChunkMs }) => firstChunkMs ?? [])),
    firstToken: summariseLatency(answered.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])),
    interToken: summariseLatency(answered.flatMap(({ interTokenMs }) => interTokenMs)),
    endToEnd: summariseLatency(answered.map(({ endToEndMs }) => endToEndMs)),
  };
}

export function countStates(outcomes: readonly TtftOutcome[]): Readonly<Partial<Record<TtftState, number>>> {
  const counts: Partial<Record<TtftState, number>> = {};
  for (const { state } of outcomes) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** The earliest first token of all, from when the server was started. */
export function firstFromSpawn(outcomes: readonly TtftOutcome[]): number | null {
  const all = outcomes.flatMap((outcome) =>
    outcome.state === 'answered' ? (outcome.fromSpawnMs ?? []) : [],
  );
  return all.length === 0 ? null : all.reduce((least, one) => Math.min(least, one));
}
