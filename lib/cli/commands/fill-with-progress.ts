import type { FillPlan, WarmOptions } from '../../fill/index.ts';
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
    onProgress: ({ phase, read, toRead }) => {
      if (phase !== 'filling' || flags.quiet) return;
      const stopping = session.signal.aborted ? { note: 'stopping; once more ends at once' } : {};
      progress.update({ doneBytes: read, totalBytes: toRead, ...stopping });
    },
  });
}

/** The library's options, as the command line gives them. */
function toFillOptions(flags: FillFlags, session: Session): WarmOptions {
  return {
    budget: toBudget(flags),
    engine: flags.engine,
    streams: flags.streams,
    windowBytes: flags.window,
    rate: flags.rate,
    priority: flags.priority,
    signal: session.signal,
  };
}
