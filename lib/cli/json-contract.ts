// Types only: every verb loads this file, and none but config needs the parsers behind them.
import type { EffectiveValue, Problem } from '../config/index.ts';
import type { Diagnosis } from '../doctor/index.ts';
import type { EvictResult, FillPlan, Lock, WarmedFile, WarmResult } from '../fill/index.ts';
import type { FileResidency, FolioLayout, ResidencyReport } from '../residency/index.ts';
import type { WarmFile, WarmSet } from '../targets/index.ts';
import { wantedBytes } from '../targets/warm-set.ts';

/**
 * The machine-readable output: a contract. Fields are added within a version, never changed or removed; a change that
 * isn't an addition raises the number in `schema`. Sizes are bytes; `dev` and `ino` are decimal strings, because they
 * don't fit a JavaScript number. docs/json.md is the reference.
 */

interface NamedFile {
  readonly path: string;
  /** Base64 of the path's bytes, only where they aren't UTF-8. */
  readonly pathBytes?: string;
}

export function toNamed(file: Pick<WarmFile, 'path' | 'rawPath'>): NamedFile {
  return file.rawPath ? { path: file.path, pathBytes: file.rawPath.toString('base64') } : { path: file.path };
}

/** @param folios of the report's files, in its order; only with `--detail` */
export function statusJson(set: WarmSet, report: ResidencyReport, folios?: readonly FolioLayout[]): object {
  const { files, size, residentBytes, unknownFiles, cacheHitRatio } = report.total;
  return {
    schema: 'warmset.status/1',
    files: report.files.map((file, at) => {
      const layout = folios?.[at];
      return layout ? { ...residencyJson(file), ...detailJson(file, layout) } : residencyJson(file);
    }),
    total: { files, size, residentBytes, unknownFiles },
    cache_hit_ratio: cacheHitRatio,
    skipped: set.skipped,
    failures: set.failures,
  };
}

function residencyJson(found: FileResidency): object {
  const { file, size, pages } = found;
  const common = { ...toNamed(file), dev: file.dev, ino: file.ino, size, pages };
  if (found.state === 'unknown') {
    const { code, message, remedy } = found.reason;
    return {
      ...common,
      residentPages: null,
      residentBytes: null,
      state: 'unknown',
      source: null,
      reason: message,
      reasonCode: code,
      remedy,
    };
  }
  const { residentPages, residentBytes, source } = found;
  return { ...common, residentPages, residentBytes, state: 'known', source, reason: null };
}

function detailJson(file: FileResidency, layout: FolioLayout): object {
  const { dirtyPages, recentlyEvictedPages } =
    file.state === 'known' ? file : { dirtyPages: null, recentlyEvictedPages: null };
  return { dirtyPages, recentlyEvictedPages, folios: foliosJson(layout) };
}

function foliosJson(layout: FolioLayout): object {
  if (layout.state === 'unknown') {
    const { code, message, remedy } = layout.reason;
    const nothing = { source: null, sampledShare: null, bySize: null, verdict: null, method: null };
    return { state: 'unknown', ...nothing, reason: message, reasonCode: code, remedy };
  }
  const { state, source, sampledShare } = layout;
  const told = { state, source, sampledShare };
  return layout.state === 'counted'
    ? { ...told, bySize: layout.folios, verdict: null, method: null, reason: null }
    : { ...told, bySize: null, verdict: layout.verdict, method: layout.method, reason: null };
}

export function planJson(set: WarmSet, plan: FillPlan): object {
  return {
    schema: 'warmset.plan/1',
    asked: plan.asked,
    alreadyResident: plan.alreadyResident,
    toRead: plan.toRead,
    leftOut: plan.leftOut,
    budget: plan.budget,
    files: [
      ...plan.files.map(({ file, asked, alreadyResident, toRead }) => ({
        ...toNamed(file),
        asked,
        alreadyResident,
        toRead,
        error: null,
      })),
      ...plan.failed.map(({ file, failure }) => ({
        ...toNamed(file),
        asked: wantedBytes(file),
        alreadyResident: null,
        toRead: 0,
        error: failure,
      })),
    ],
    failures: set.failures,
  };
}

export function warmJson(set: WarmSet, result: WarmResult): object {
  const { engine, budget } = result;
  return {
    schema: 'warmset.warm/1',
    asked: result.asked,
    alreadyResident: result.alreadyResident,
    read: result.read,
    residentNow: result.residentNow,
    lost: result.lost,
    lostTo: result.lostTo,
    unverifiedFiles: result.unverifiedFiles,
    engine: engine.engine,
    why: engine.why,
    streams: engine.streams,
    windowBytes: engine.windowBytes,
    bytesPerSecond: result.bytesPerSecond,
    seconds: result.seconds,
    budget,
    stopped: result.stopped,
    guard: result.guard,
    files: result.files.map(warmedJson),
    failures: set.failures,
  };
}

function warmedJson({ file, asked, alreadyResident, read, residentNow, lost, failure }: WarmedFile): object {
  return { ...toNamed(file), asked, alreadyResident, read, residentNow, lost, error: failure };
}

export function evictJson(set: WarmSet, result: EvictResult): object {
  return {
    schema: 'warmset.evict/1',
    residentBefore: result.residentBefore,
    residentNow: result.residentNow,
    unknownFiles: result.unknownFiles,
    files: result.files.map(({ file, before, after, survival, failure }) => ({
      ...toNamed(file),
      residentBefore: before.state === 'known' ? before.residentBytes : null,
      residentNow: after.state === 'known' ? after.residentBytes : null,
      survival,
      error: failure,
    })),
    failures: set.failures,
  };
}

export function lockJson(set: WarmSet, lock: Lock): object {
  return {
    schema: 'warmset.lock/1',
    lockedBytes: lock.lockedBytes,
    lockedFiles: lock.lockedFiles,
    failed: lock.failed.map(({ file, failure }) => ({ ...toNamed(file), error: failure })),
    failures: set.failures,
  };
}

export function doctorJson({ worst, findings }: Diagnosis): object {
  return { schema: 'warmset.doctor/1', worst, findings };
}

/** @param problems null where there are none */
export function configCheckJson(
  file: string | undefined,
  problems: readonly Problem[] | null,
  warnings: readonly Problem[],
): object {
  return {
    schema: 'warmset.configCheck/1',
    file: file ?? null,
    good: problems === null,
    problems: (problems ?? []).map(problemJson),
    warnings: warnings.map(problemJson),
  };
}

export function configShowJson(
  file: string | undefined,
  values: readonly EffectiveValue[],
  warnings: readonly Problem[],
): object {
  return {
    schema: 'warmset.configShow/1',
    file: file ?? null,
    values: values.map(valueJson),
    warnings: warnings.map(problemJson),
  };
}

function problemJson({ file, line, column, variable, path, message, remedy }: Problem): object {
  return { file, line, column, variable, path, message, remedy };
}

function valueJson({ path, kind, value, text, source }: EffectiveValue): object {
  return {
    path,
    // An address is an object to the library, and a word everywhere else.
    value:
      kind === 'address' && typeof value === 'object' && value !== null ? unquote(text) : (value ?? null),
    text,
    source: source.kind,
    line: source.kind === 'file' ? source.line : null,
    column: source.kind === 'file' ? source.column : null,
    variable: source.kind === 'environment' ? source.variable : null,
  };
}

function unquote(text: string | null): unknown {
  return text?.startsWith('"') ? JSON.parse(text) : text;
}
