import { WarmsetError } from '../errors.ts';
import { formatDuration } from '../units.ts';
import type { TrialContext } from './context.ts';
import { interferenceOf } from './counters.ts';
import { perform } from './perform.ts';
import { makeCold, makeWarm, residentBytes } from './prepare.ts';
import { Timeline } from './timeline.ts';
import type { Condition, PlannedTrial, Trial } from './types.ts';

export interface TrialToTake {
  readonly planned: PlannedTrial;
  readonly attempt: number;
  readonly condition: Condition;
  /** Milliseconds after which it is void. */
  readonly timeoutMs: number;
}

/**
 * One trial: cold first, whatever the condition, so that each begins from the same; then as the condition says; then
 * the reader, timed. What goes wrong is a result of the trial.
 *
 * Rejects when aborted, and for what no trial could get over.
 */
export async function takeTrial(toTake: TrialToTake, whole: TrialContext): Promise<Trial> {
  const { planned, attempt, condition, timeoutMs } = toTake;
  const timeout = AbortSignal.timeout(timeoutMs);
  const context = { ...whole, signal: AbortSignal.any([whole.signal, timeout]) };
  const startedAt = new Date(whole.host.now()).toISOString();
  const facts = { type: 'trial', ...planned, attempt, startedAt } as const;
  try {
    const why = await prepare(condition, context);
    if (why !== null) return { ...facts, state: 'void', why };
    return { ...facts, state: 'done', ...(await measure(condition, context)) };
  } catch (error) {
    whole.signal.throwIfAborted();
    if (timeout.aborted) return { ...facts, state: 'void', why: `longer than ${formatDuration(timeoutMs)}` };
    if (!(error instanceof Error)) throw error;
    // A bad option would be as bad in the next trial.
    if (WarmsetError.is(error) && error.code !== 'WARMSET_EXPERIMENT' && !isOfTrial(error)) throw error;
    return { ...facts, state: 'void', why: error.message };
  }
}

/** What a server or its answers did is a matter of this trial. */
function isOfTrial({ code }: WarmsetError): boolean {
  return code === 'WARMSET_LAUNCH' || code === 'WARMSET_PROBE';
}

async function prepare(condition: Condition, context: TrialContext): Promise<string | null> {
  const why = await makeCold(context);
  if (why !== null || condition.kind !== 'warm') return why;
  return makeWarm(context);
}

async function measure(condition: Condition, context: TrialContext) {
  const { host, device } = context;
  const before = await host.readCounters(device);
  const timeline = new Timeline({
    clock: host.clock,
    residentBytes: () => residentBytes(context),
    deviceBytes: () => host.readDeviceBytes(device),
  });
  const performed = await perform(condition, context).catch(async (error: unknown) => {
    await timeline.stop();
    throw error;
  });
  const points = await timeline.stop();
  const { ms, server, preparationMs, residentAtLoad, held } = performed;
  return {
    preparationMs,
    loadMs: ms,
    totalMs: ms + (preparationMs ?? 0),
    residentAtLoad,
    residentAfter: points.at(-1)?.residentBytes ?? null,
    server,
    held,
    interference: interferenceOf(before, await host.readCounters(device)),
    timeline: points,
  };
}
