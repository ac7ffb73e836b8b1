import type { SetConfig } from '../config/index.ts';
import type { FileFailure } from '../errors.ts';
import type { JobOptions } from '../native/job.ts';
import type { FileResidency, PageMap, UnknownCode } from '../residency/index.ts';
import { type TargetFailure, type WarmFile, type WarmSet, wantedBytes } from '../targets/index.ts';
import type { KeeperDependencies } from './dependencies.ts';
import { exclude } from './exclude.ts';

/** One file as it is now. Bytes; holes count nowhere. */
export interface MeasuredFile {
  readonly file: WarmFile;
  readonly identity: string;
  readonly dataBytes: number;
  /** `null`: not known. */
  readonly residentBytes: number | null;
  /** Why it isn't known. */
  readonly unknown: UnknownCode | null;
  /** Shares of equal parts, 0 to 1; empty where unknown. */
  readonly map: readonly number[];
  readonly failure: FileFailure | null;
}

export interface MeasuredSet {
  readonly config: SetConfig;
  readonly files: readonly MeasuredFile[];
  readonly failures: readonly TargetFailure[];
}

type Tools = Pick<KeeperDependencies, 'resolve' | 'residency' | 'pageSize'>;

const MOST_CELLS = 64;
// What a report may hold: of a hundred thousand files each has one cell.
const CELLS_TOGETHER = 65_536;

/**
 * Finds out which files the sets have now and what of them is resident. A file that several sets name is the most urgent
 * one's alone, so that nothing is counted twice.
 */
export async function measureSets(
  sets: readonly SetConfig[],
  tools: Tools,
  options: JobOptions,
): Promise<readonly MeasuredSet[]> {
  const taken = new Set<string>();
  const resolved: { readonly config: SetConfig; readonly set: WarmSet }[] = [];
  for (const config of sets) {
    const all = exclude(await tools.resolve(config.targets, options), config.exclude);
    const files = all.files.filter((file) => {
      const identity = identityOf(file);
      const first = !taken.has(identity);
      taken.add(identity);
      return first;
    });
    resolved.push({ config, set: { ...all, files } });
  }
  const map = Math.max(1, Math.min(MOST_CELLS, Math.floor(CELLS_TOGETHER / Math.max(1, taken.size))));
  const measured: MeasuredSet[] = [];
  for (const { config, set } of resolved) {
    measured.push({
      config,
      files: await measureFiles(set.files, map, tools, options),
      failures: set.failures,
    });
  }
  return measured;
}

async function measureFiles(
  files: readonly WarmFile[],
  map: number,
  { residency, pageSize }: Tools,
  options: JobOptions,
): Promise<readonly MeasuredFile[]> {
  const report = await residency(setOf(files), { ...options, map });
  return report.files.map((found) => toMeasured(found, pageSize()));
}

/** A set of which some files were measured again. */
export async function measureAgain(
  set: MeasuredSet,
  files: readonly MeasuredFile[],
  tools: Tools,
  options: JobOptions,
): Promise<MeasuredSet> {
  if (files.length === 0) return set;
  const map = files.reduce((most, file) => Math.max(most, file.map.length), 1);
  const paths = files.map(({ file }) => file);
  const found = new Map(
    (await measureFiles(paths, map, tools, options)).map((file) => [file.identity, file]),
  );
  return { ...set, files: set.files.map((file) => found.get(file.identity) ?? file) };
}

export function identityOf({ dev, ino }: WarmFile): string {
  return `${dev}:${ino}`;
}

export function setOf(files: readonly WarmFile[]): WarmSet {
  return {
    files,
    failures: [],
    skipped: { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 },
    size: files.reduce((sum, file) => sum + wantedBytes(file), 0),
  };
}

/** Pure. */
export function toMeasured(found: FileResidency, pageSize: number): MeasuredFile {
  const { file, size } = found;
  // Of parts, the size is theirs.
  const common = { file: file.parts ? file : { ...file, size }, identity: identityOf(file) };
  if (found.state === 'unknown') {
    const { code, failure } = found.reason;
    return {
      ...common,
      dataBytes: size,
      residentBytes: null,
      unknown: code,
      map: [],
      failure: failure ?? null,
    };
  }
  const { pageMap, residentBytes, pages } = found;
  const windows = pageMap === undefined ? [] : windowsOf(pageMap, pages, pageSize);
  // Pages of zeros over holes may be resident, too.
  const holes = pageMap?.dataPages !== undefined;
  const sum = (of: (window: Window) => number): number =>
    Math.min(size, windows.reduce((total, window) => total + of(window), 0) * pageSize);
  return {
    ...common,
    dataBytes: holes ? sum(({ data }) => data) : size,
    residentBytes: holes ? sum(({ resident }) => resident) : residentBytes,
    unknown: null,
    map: windows.map(({ resident, data }) => (data === 0 ? 1 : resident / data)),
    failure: null,
  };
}

interface Window {
  readonly resident: number;
  readonly data: number;
}

function windowsOf(
  { windowBytes, residentPages, dataPages }: PageMap,
  pages: number,
  pageSize: number,
): Window[] {
  const pagesAWindow = Math.max(1, Math.round(windowBytes / pageSize));
  return Array.from(residentPages, (counted, index) => {
    const data = dataPages?.[index] ?? Math.min(pagesAWindow, Math.max(0, pages - index * pagesAWindow));
    return { resident: Math.min(counted, data), data };
  });
}
