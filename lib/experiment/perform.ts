import { WarmsetError } from '../errors.ts';
import type { WarmResult } from '../fill/index.ts';
import type { TrialContext } from './context.ts';
import { describeLack, residentBytes } from './prepare.ts';
import { type ReadTimes, readOnce } from './read.ts';
import type { Condition, Held } from './types.ts';

/** What a condition came to: its preparation, where that counts, and its reader. */
export interface Performed extends ReadTimes {
  readonly preparationMs: number | null;
  readonly residentAtLoad: number;
  readonly held: Held | null;
}

/** @throws WarmsetError `WARMSET_EXPERIMENT` where the trial can't count */
export async function perform(condition: Condition, context: TrialContext): Promise<Performed> {
  const { host } = context;
  const start = host.clock();
  switch (condition.kind) {
    case 'cold':
    case 'warm':
      return { preparationMs: null, held: null, ...(await readFrom(context)) };
    case 'prewarm': {
      const held = await fill(context);
      const preparationMs = host.clock() - start;
      return { preparationMs, held, ...(await readFrom(context)) };
    }
    case 'command': {
      const { set, signal } = context;
      await host.runCommand(condition.command, { set, signal });
      const preparationMs = host.clock() - start;
      return { preparationMs, held: null, ...(await readFrom(context)) };
    }
    case 'run':
      return { preparationMs: null, ...(await readBeside(context)) };
  }
}

async function readFrom(context: TrialContext): Promise<Omit<Performed, 'preparationMs' | 'held'>> {
  const residentAtLoad = await residentBytes(context);
  if (residentAtLoad === null) throw isVoid("what was in memory when the reader started can't be known");
  return { residentAtLoad, ...(await readOnce(context)) };
}

async function fill({ set, fill: options, signal, host }: TrialContext): Promise<Held | null> {
  const result = await host.warm(set, { ...options, signal });
  signal.throwIfAborted();
  if (result.stopped) throw isVoid(`the fill was stopped: ${result.stopped.detail}`);
  const lack = describeLack(result.residentNow, result.asked);
  if (lack !== null) throw isVoid(lack);
  return heldOf(result);
}

function heldOf({ guard }: WarmResult): Held | null {
  if (!guard?.lastReason) return null;
  return { ms: (guard.slowSeconds + guard.pauseSeconds) * 1000, why: guard.lastReason.message };
}

/** The fill starts together with the reader; when the reader is done there is nothing left to fill for. */
async function readBeside(context: TrialContext): Promise<Omit<Performed, 'preparationMs'>> {
  const { set, fill: options, signal, host } = context;
  const readerDone = new AbortController();
  const filling = host
    .warm(set, { ...options, signal: AbortSignal.any([signal, readerDone.signal]) })
    // Ended before it began: the reader was quicker than its plan.
    .catch((error: unknown) => {
      if (!readerDone.signal.aborted) throw error;
      return null;
    });
  // Awaited below in any case; without this a failure while the reader still runs would end the process.
  filling.catch(() => undefined);
  try {
    const times = await readOnce(context);
    readerDone.abort();
    const result = await filling;
    return { residentAtLoad: 0, held: result && heldOf(result), ...times };
  } finally {
    readerDone.abort();
    await filling;
  }
}

/** An error that makes its trial void. */
export function isVoid(why: string): WarmsetError {
  return new WarmsetError('WARMSET_EXPERIMENT', why);
}
