import type { FillPlan, WarmOptions } from '../../fill/index.ts';
import type { Verdict } from '../../guard/index.ts';
import type { Priority } from '../../native/job.ts';
import { createProgress } from '../render/progress.ts';
import { describeShortage } from '../render/shortage.ts';
import type { Session } from '../session.ts';
import { type BudgetFlags, type EngineFlags, toBudget } from './options.ts';

export interface FillFlags extends BudgetFlags, EngineFlags {
  readonly priority: Priority;
  readonly quiet?: boolean;
}

/** Runs a fill with a progress line on stderr, and a warning there before it starts when the budget cuts the set. */
export async function fillWithProgress<T>(
  label: string,
  flags: FillFlags,
  session: Session,
  fill: (options: WarmOptions) => Promise<T>,
): Promise<T> {
  using progress = createProgress(process.stderr, session.errTerminal, { label });
  // Awaited here: `using` takes the line away when this function returns.
  return await fill({
    ...toFillOptions(flags, session),
    onPlan: (plan: FillPlan) => void session.err.writeLines(describeShortage(session.errTerminal, plan)),
    onProgress: ({ phase, read, toRead, verdict }) => {
      if (phase !== 'filling' || flags.quiet) return;
      const note = session.signal.aborted ? 'stopping; once more ends at once' : describeHold(verdict);
      progress.update({ doneBytes: read, totalBytes: toRead, ...(note === null ? {} : { note }) });
    },
  });
}

/** Why a fill is slow or waits; null when nothing holds it. */
function describeHold(verdict: Verdict | null): string | null {
  switch (verdict?.action) {
    case 'slow':
      return `slowed: ${verdict.reason.message}`;
    case 'pause':
    case 'stop':
      return `paused: ${verdict.reason.message}`;
    default:
      return null;
  }
}

/** The library's options, as the command line gives them. */
export function toFillOptions(flags: FillFlags, session: Session): WarmOptions {
  return {
    budget: toBudget(flags),
    engine: flags.engine,
    streams: flags.streams,
    windowBytes: flags.window,
    touch: flags.touch,
    rate: flags.rate,
    ...(flags.guard ? {} : { guard: false }),
    priority: flags.priority,
    signal: session.signal,
  };
}
