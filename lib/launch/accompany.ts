import type { LaunchRecord } from './launch-record.ts';
import type { LaunchOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import { type Ready, readinessUrls, watchReadiness } from './readiness/readiness.ts';
import type { ServerLog } from './server-log.ts';
import type { BesideResult } from './types.ts';

/** A server that runs, and what is known about it. */
export interface Accompanied {
  readonly pid: number;
  /** Of `performance.now()`. */
  readonly startedAt: number;
  readonly options: LaunchOptions;
  readonly record: LaunchRecord;
  readonly log: ServerLog;
  /** Whether its output comes by here. */
  readonly readable: boolean;
  /** Aborted when the server has ended. */
  readonly gone: AbortSignal;
}

/** Waits until the server says that it is ready; null when it ended before, or when nothing can tell. */
export async function awaitReady(server: Accompanied, prepared: Prepared | null): Promise<Ready | null> {
  const { record, log, gone, startedAt } = server;
  try {
    const { urls, byLog } = witnesses(server, prepared);
    const by = await watchReadiness(urls, byLog ? log.ready : null, gone);
    if (by === null) return null;
    const ready: Ready = { by, ms: performance.now() - startedAt };
    record.facts.ready = ready;
    record.facts.phases = log.report();
    log.stop();
    record.tell({ type: 'ready', ...ready });
    return ready;
  } catch (error) {
    record.trouble('waiting for the server to be ready', error);
    return null;
  }
}

/** By what it can be told that the server is ready. */
function witnesses(
  { options, readable }: Accompanied,
  prepared: Prepared | null,
): { readonly urls: readonly URL[]; readonly byLog: boolean } {
  const { readiness = 'auto' } = options;
  const server = prepared?.found.server ?? null;
  const byLog = readable && (readiness === 'auto' ? server !== null : hasLog(readiness));
  return { urls: readinessUrls(readiness, server), byLog };
}

function hasLog(readiness: LaunchOptions['readiness']): boolean {
  return typeof readiness === 'object' && 'log' in readiness;
}

/** Fills beside the server until the signal; null when there is nothing to fill, or it failed. */
export async function fillWhile(
  server: Accompanied,
  prepared: Prepared | null,
  signal: AbortSignal,
): Promise<BesideResult | null> {
  if (!prepared?.set || signal.aborted) return null;
  const { pid, options, record } = server;
  const { urls, byLog } = witnesses(server, prepared);
  const { set, dependencies, how, untilFirstRead } = prepared;
  const loaderReads = new AbortController();
  try {
    const beside = await dependencies.fillBeside(set, {
      pid,
      budget: options.budget,
      guard: options.guard,
      rate: options.rate,
      dropBehind: options.dropBehind,
      how,
      // What the loader was left with is known when it has loaded.
      watchOn: byLog || urls.length > 0,
      signal: AbortSignal.any([signal, loaderReads.signal]),
      onProgress: (progress) => {
        // Two that fill the same cache only stand in each other's way.
        if (untilFirstRead && (progress.loaderBytes ?? 0) > 0) loaderReads.abort();
        record.tell({ type: 'progress', progress });
      },
    });
    const result = record.heldBack
      ? (await import('./hold-back.ts')).addHeldBack(beside, record.heldBack)
      : beside;
    record.facts.fill = result;
    record.tell({ type: 'filled', result });
    return result;
  } catch (error) {
    if (!signal.aborted) record.trouble('filling beside the server', error);
    return null;
  }
}
