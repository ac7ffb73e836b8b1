import { readNvmeofStatus } from '../status/read-status.ts';
import { watchNvmeof } from '../watch/watch.ts';
import { type Baseline, baselineOf, loadBaseline, saveBaseline } from './baseline-file.ts';
import {
  type BaselineComparison,
  judgeBaseline,
  pathName,
  type SeenReconnects,
  type Thresholds,
} from './judge.ts';

export interface BaselineOptions {
  /** Asks controllers for their SMART log, too: needs root and nvme-cli. @default false */
  readonly log?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Writes down how every path is now. */
export async function saveNvmeofBaseline(path: string, options: BaselineOptions = {}): Promise<Baseline> {
  const baseline = baselineOf(await readNvmeofStatus(options), Date.now());
  await saveBaseline(path, baseline, options.signal);
  return baseline;
}

export interface BaselineCheckOptions extends BaselineOptions {
  readonly thresholds?: Partial<Thresholds> | undefined;
  /** Watches for so long and counts reconnects itself. Milliseconds. @default 0 */
  readonly watchMs?: number | undefined;
}

/** @throws WarmsetError `WARMSET_NVMEOF` for a file that is no baseline; the signal's reason where it ends the watching. */
export async function checkNvmeofBaseline(
  path: string,
  options: BaselineCheckOptions = {},
): Promise<readonly BaselineComparison[]> {
  const { thresholds, watchMs = 0, signal } = options;
  const baseline = await loadBaseline(path);
  const seen = watchMs > 0 ? await countReconnects(watchMs, signal) : null;
  signal?.throwIfAborted();
  const now = baselineOf(await readNvmeofStatus(options), Date.now());
  return judgeBaseline(baseline, now, seen, { reconnects: 0, errors: 0, ...thresholds });
}

async function countReconnects(watchMs: number, signal: AbortSignal | undefined): Promise<SeenReconnects> {
  const end = AbortSignal.timeout(watchMs);
  const seen = new Map<string, number>();
  const either = signal === undefined ? end : AbortSignal.any([signal, end]);
  for await (const { paths } of watchNvmeof({ signal: either })) {
    seen.clear();
    // Two connections to one place, from two addresses of this host, are one path here.
    for (const path of paths) seen.set(pathName(path), (seen.get(pathName(path)) ?? 0) + path.reconnects);
  }
  return seen;
}
