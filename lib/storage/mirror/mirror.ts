import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WarmsetError } from '../../errors.ts';
import { type GuardSummary, HostGuard, RateLimit } from '../../fill/index.ts';
import type { RawRateLimiter } from '../../native/addon-types.ts';
import { lookAtEntry } from '../../native/copy.ts';
import { parseTarget, type WarmFile } from '../../targets/index.ts';
import { nameOf } from '../../targets/path-names.ts';
import { toBytePath, toRawPath } from './byte-path.ts';
import { checkShare } from './check-share.ts';
import { countResident } from './count-resident.ts';
import { type Action, type MirrorPlan, planMirror } from './plan.ts';
import { Run } from './run.ts';
import { scanTree } from './scan.ts';
import { findSource } from './source.ts';
import { MirrorState, readIndex } from './state.ts';
import type {
  MirrorOptions,
  MirrorResult,
  MirrorStop,
  SourceEntry,
  SourceFile,
  SourceTree,
} from './types.ts';

/**
 * Copies what a target names into a directory, so that it can stand in for it. What is there already is kept; every file
 * gets its name only when it is whole, compared and on the disk. Copying leaves the page cache as it was, unless `warm`,
 * runs at idle priority under a guard of the source's device, waits where the destination becomes slow, and stops before
 * its filesystem is full.
 *
 * @param source a directory, a file, `hf:ORG/NAME`, `ollama:NAME` or another target
 * @param local a directory; made where it is missing
 * @throws WarmsetError `WARMSET_STORAGE` where there is no source, `local` is a mirror of something else, or another
 * process works on it; `WARMSET_BAD_ARGUMENT` for an option out of range
 */
export async function mirror(
  source: string,
  local: string,
  options: MirrorOptions = {},
): Promise<MirrorResult> {
  checkShare(options.keepFree);
  const startedMs = performance.now();
  const tree = await findSource(source, options);
  const to = resolve(local);
  const name = parseTarget(source) === undefined ? resolve(source) : source;
  await refuseEachOther(source, to, tree, options);
  await mkdir(to, { recursive: true });
  await using state = await MirrorState.open(to, name, tree.root);
  const plan = planMirror(tree.entries, state.index, await present(to, options), options.overwrite ?? false);
  await state.forgetPartials(
    plan.actions.flatMap((action) => (action.do === 'copy' ? [action.file.relative] : [])),
  );
  const run = new Run({ to, state, tree, plan, options });
  const { stopped, guard } = await guarded(plan, options, run);
  await run.settle(stopped);
  const residentBytes = await countResident(to, run.written, options).catch(() => null);
  const result = run.result({
    ...{
      source: name,
      local: to,
      seconds: (performance.now() - startedMs) / 1000,
      stopped,
      guard,
      residentBytes,
    },
  });
  await state.note({ source: name, root: tree.root, endedAtMs: Date.now(), whole: result.whole });
  return result;
}

export interface MirrorPreview {
  readonly tree: SourceTree;
  readonly plan: MirrorPlan;
}

/** What {@link mirror} would do now. Changes nothing. */
export async function planMirrorOf(
  source: string,
  local: string,
  options: MirrorOptions = {},
): Promise<MirrorPreview> {
  const tree = await findSource(source, options);
  const to = resolve(local);
  await refuseEachOther(source, to, tree, options);
  const there = await present(to, options);
  return { tree, plan: planMirror(tree.entries, await readIndex(to), there, options.overwrite ?? false) };
}

async function present(to: string, options: MirrorOptions): Promise<ReadonlyMap<string, SourceEntry>> {
  const known = await lookAtEntry(to, options).catch(() => null);
  if (known === null) return new Map();
  const { entries } = await scanTree(toBytePath(to), { ...options, asItIs: true });
  return new Map(entries.map((entry) => [entry.relative, entry]));
}

/** Copies with the host watched; what stopped it, where something did. */
async function guarded(
  { actions }: MirrorPlan,
  options: MirrorOptions,
  run: Run,
): Promise<{ readonly stopped: MirrorStop | null; readonly guard: GuardSummary | null }> {
  const { signal, rate } = options;
  const files = actions.flatMap((action: Action): SourceFile[] =>
    action.do === 'copy' || action.do === 'adopt' ? [action.file] : [],
  );
  if (options.guard === false || files.length === 0) {
    const limiter: RawRateLimiter | null = rate === undefined ? null : new RateLimit(rate).raw;
    return { stopped: await run.perform(signal, limiter), guard: null };
  }
  const limits = rate === undefined ? {} : { ceilingBytesPerSecond: rate };
  const host = options.guard ?? new HostGuard({ limits });
  const { result, stopped, summary } = await host.watch(files.map(toWarmFile), signal, async (fill) => {
    fill.onStart(() => run.readBytes);
    return run.perform(fill.signal, host.rate.raw, () => host.verdict);
  });
  const why: MirrorStop | null =
    stopped !== null && !signal?.aborted ? { reason: 'guard', detail: stopped.message } : result;
  return { stopped: why, guard: summary };
}

function toWarmFile({ path, dev, ino, size }: SourceFile): WarmFile {
  return { ...nameOf(toRawPath(path)), dev, ino, size };
}

/** A mirror in its own source would grow for ever, and one whose source it has become would copy itself. */
async function refuseEachOther(
  source: string,
  to: string,
  { root }: SourceTree,
  options: MirrorOptions,
): Promise<void> {
  const from = root.replace(/\/$/, '');
  const local = toBytePath(to).replace(/\/$/, '');
  const [a, b] = await Promise.all(
    [root, local].map((path) => lookAtEntry(toRawPath(path || '/'), options).catch(() => null)),
  );
  const same = a && b && a.dev === b.dev && a.ino === b.ino;
  if (!same && !`${local}/`.startsWith(`${from}/`) && !`${from}/`.startsWith(`${local}/`)) return;
  throw new WarmsetError('WARMSET_STORAGE', `${source} and ${to} are in each other, or the same`, {
    subject: to,
    remedy: same
      ? 'the mirror stands in for its source now: give the source by another path, or switch back'
      : 'mirror to a directory that is neither in the source nor above it',
  });
}
