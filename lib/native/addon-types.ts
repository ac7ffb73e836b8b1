/**
 * The raw interface of the addon, argument by argument as native/binding takes it. Only this folder sees it.
 * Every job takes a priority and a cancel token last and rejects with {@link RawFailure}.
 */
import type { RawFill } from './fill-types.ts';
import type {
  RawOpenProbe,
  RawProbedRead,
  RawProbeFile,
  RawReadWay,
  RawStretchProbe,
} from './probe-types.ts';
import type {
  RawCopiedPiece,
  RawEntryFacts,
  RawFilesystem,
  RawInventoryColumns,
  RawPublication,
  RawQuietRead,
} from './storage-types.ts';

declare const cancelTokenBrand: unique symbol;
export interface RawCancelToken {
  readonly [cancelTokenBrand]: true;
}

declare const rateLimiterBrand: unique symbol;
export interface RawRateLimiter {
  readonly [rateLimiterBrand]: true;
}

/** `own-left`: what a limiter admitted is still being read; `device-busy`: that isn't, but other reads are in flight. */
export type RawDrained = 'yes' | 'own-left' | 'device-busy';

declare const fileLockBrand: unique symbol;
export interface RawFileLock {
  readonly [fileLockBrand]: true;
}

/** Class, level, nice; null leaves the thread as the host's threads are. */
export type RawPriority = readonly [ioClass: number, level: number, nice: number] | null;
type Job = [priority: RawPriority, token: RawCancelToken | null];

/** A failed system call: errno is negative, as in libuv. */
export interface RawFailure {
  readonly errno: number;
  readonly syscall: string;
}

export type RawPath = string | Buffer;
export type RawFile = RawPath | number;

export type RawSupport = 'available' | 'missing' | 'blocked';

export interface RawFeatures {
  readonly kernelRelease: string;
  readonly pageSize: number;
  readonly cachestat: RawSupport;
  readonly populateRead: RawSupport;
  readonly nowaitReads: RawSupport;
  readonly ioPriority: RawSupport;
}

export interface RawCachestat {
  readonly cached: number;
  readonly dirty: number;
  readonly writeback: number;
  readonly evicted: number;
  readonly recentlyEvicted: number;
}

export interface RawMapping {
  readonly length: number;
  populate(offset: number, length: number, ...job: Job): Promise<void>;
  advise(offset: number, length: number, advice: string, ...job: Job): Promise<void>;
  mincore(offset: number, length: number, ...job: Job): Promise<Float64Array>;
  lock(offset: number, length: number, onFault: boolean, ...job: Job): Promise<void>;
  unlock(offset: number, length: number, ...job: Job): Promise<void>;
  close(...job: Job): Promise<void>;
}

export interface RawSurveyOptions {
  readonly source: 'cachestat' | 'mincore';
  /** Bytes; 0 for totals only. */
  readonly window: number;
  readonly mostWindows: number;
  /** Pages a file that are checked against mincore. */
  readonly samples: number;
  /** Files of no more pages than these are compared whole, one in so many. */
  readonly compareEvery: number;
  readonly trustEmpty: boolean;
}

export interface RawSurvey {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
  readonly allocated: number;
  readonly modifiedNs: bigint;
  readonly dax: boolean;
  readonly filesystem: number;
  readonly cached: number;
  readonly dirty: number;
  readonly writeback: number;
  readonly recentlyEvicted: number;
  readonly sampled: number;
  readonly disagreed: number;
  readonly window: number;
  /** The file's last page is among the cached ones. */
  readonly tailCached: boolean;
  /** Absent where the one window is the whole file. */
  readonly cachedByWindow?: Uint32Array;
  readonly dataByWindow?: Uint32Array;
  readonly refusal?: RawFailure;
}

/** Surveys of many files, one after the other; lib/native/columns.ts knows the order. */
export interface RawSurveyColumns {
  readonly numbers: Float64Array;
  /** Triples: dev, ino, modifiedNs. */
  readonly identities: BigUint64Array;
  /** What only some files have, by their place. With `failure` the numbers are zero and mean nothing. */
  readonly details: readonly {
    readonly index: number;
    readonly failure?: RawFailure;
    readonly refusal?: RawFailure;
    readonly cachedByWindow?: Uint32Array;
    readonly dataByWindow?: Uint32Array;
  }[];
}

/** How the cached pages of a sample of one file are laid out, native/core/folios.h. */
export interface RawFolioSample {
  /** dev, ino. */
  readonly identity: BigUint64Array;
  readonly size: number;
  readonly filesystem: number;
  readonly dax: boolean;
  /** Of 2 MiB, that the file has, and that were looked at. */
  readonly windows: number;
  readonly sampled: number;
  /** In the windows that were looked at. */
  readonly residentPages: number;
  /** By the logarithm of the pages of their folio. */
  readonly pagesByOrder: Float64Array;
  /** Pairs: pages of a window, nanoseconds for each of them. Only with a refusal. */
  readonly timings: Float64Array;
  /** Nanoseconds for a page that is a folio of its own; 0 where that isn't known. */
  readonly reference: number;
  /** Why nothing was counted. */
  readonly refusal?: RawFailure;
  /** Why nothing was timed either. */
  readonly untimed?: RawFailure;
}

/** Parts of files: `counts` says how many groups of `extents` belong to which path. */
export interface RawFileParts {
  readonly paths: readonly RawPath[];
  readonly counts: Uint32Array;
  readonly extents: Float64Array;
}

export interface RawIdentifiedParts extends RawFileParts {
  /** Pairs: dev, ino. */
  readonly identities: BigUint64Array;
}

export interface RawEntry {
  /** Bytes unless the name is ASCII. */
  readonly name: string | Buffer;
  readonly kind: 'file' | 'directory' | 'socket' | 'fifo' | 'device' | 'dangling' | 'unreadable';
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
  readonly error?: RawFailure;
}

export interface RawListing {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly entries: readonly RawEntry[];
}

/** A directory's entries, one place each. The first pair of `identities` is the directory's own. */
export interface RawListingColumns {
  /** Bytes unless the name is ASCII. */
  readonly names: readonly (string | Buffer)[];
  readonly kinds: Uint8Array;
  readonly sizes: Float64Array;
  /** Pairs: dev, ino. */
  readonly identities: BigUint64Array;
  readonly errors: readonly (RawFailure & { readonly index: number })[];
}

export interface Addon {
  features(): RawFeatures;
  createCancelToken(): RawCancelToken;
  cancel(token: RawCancelToken): void;
  /** 0: unlimited. */
  createRateLimiter(bytesPerSecond: number, pieces: number): RawRateLimiter;
  setRate(limiter: RawRateLimiter, bytesPerSecond: number): void;
  setPaused(limiter: RawRateLimiter, paused: boolean): void;
  getIoPriority(thread: number): { readonly ioClass: number; readonly level: number } | RawFailure;
  setIoPriority(thread: number, ioClass: number, level: number): RawFailure | undefined;
  getNice(thread: number): number | RawFailure;
  setNice(thread: number, nice: number): RawFailure | undefined;
  mincore(file: RawFile, offset: number, length: number, ...job: Job): Promise<Float64Array>;
  cachestat(file: RawFile, offset: number, length: number, ...job: Job): Promise<RawCachestat>;
  statfsMagic(path: RawPath, ...job: Job): Promise<number>;
  fadvise(file: RawFile, offset: number, length: number, advice: string, ...job: Job): Promise<void>;
  readahead(file: RawFile, offset: number, length: number, ...job: Job): Promise<void>;
  evict(file: RawFile, offset: number, length: number, sync: boolean, ...job: Job): Promise<void>;
  openMapping(file: RawFile, offset: number, length: number, ...job: Job): Promise<RawMapping>;
  survey(paths: readonly RawPath[], options: RawSurveyOptions, ...job: Job): Promise<RawSurveyColumns>;
  sampleFolios(
    paths: readonly RawPath[],
    mostWindows: number,
    ...job: Job
  ): Promise<readonly (RawFolioSample | RawFailure)[]>;
  /** Extents are pairs: offset, length. One number a file, NaN where it couldn't be counted or was replaced. */
  countBytes(
    files: RawIdentifiedParts,
    source: 'cachestat' | 'mincore' | 'nowait',
    ...job: Job
  ): Promise<Float64Array>;
  /** Extents are triples: offset, length, missing bytes. */
  startFill(
    files: RawIdentifiedParts,
    options: {
      readonly engine: string;
      readonly window: number;
      readonly stretch: number;
      readonly streams: number;
      /** Pieces up to this many bytes are read by the engine `read`. */
      readonly small: number;
      /** Whether what is brought in is made cheap to touch for the first time. */
      readonly touch: boolean;
      /** Each of them must let a piece through. */
      readonly limiters: readonly RawRateLimiter[];
    },
    ...job: Job
  ): RawFill;
  listDirectory(path: RawPath, ...job: Job): Promise<RawListingColumns>;
  lookUp(path: RawPath, ...job: Job): Promise<RawEntry>;
  readRange(path: RawPath, offset: number, length: number, ...job: Job): Promise<Buffer>;
  readTexts(paths: readonly RawPath[], ...job: Job): Promise<readonly (string | RawFailure)[]>;
  timeReading(path: RawPath, ...job: Job): Promise<{ readonly bytes: number; readonly milliseconds: number }>;
  probeReads(
    files: readonly RawProbeFile[],
    /** Pairs: index of a file, offset (a multiple of 4096). */
    places: Float64Array,
    options: {
      /** Bytes, a multiple of 4096 up to 1 MiB. */
      readonly block: number;
      /** From the start of one read to the next, at least. */
      readonly spacingUs: number;
      /** No read starts later than this after the first; 0: no limit. */
      readonly limitUs: number;
      /** Better ways aren't tried. */
      readonly from: RawReadWay;
    },
    ...job: Job
  ): Promise<readonly RawProbedRead[]>;
  probeOpen(
    file: RawProbeFile & {
      /** Of the window to map, a multiple of the page size. */
      readonly offset: number;
      /** 0: to the end of the file. */
      readonly length: number;
      /** Offsets in the file. */
      readonly places: Float64Array;
    },
    ...job: Job
  ): Promise<RawOpenProbe>;
  /** For a limiter that is paused; `inflight` is a file of sysfs, null where there is none. */
  waitForDrain(
    limiter: RawRateLimiter,
    inflight: RawPath | null,
    ownPatienceMs: number,
    devicePatienceMs: number,
    ...job: Job
  ): Promise<RawDrained>;
  probeStretch(
    file: RawProbeFile & {
      /** A multiple of the page size. */
      readonly offset: number;
      /** Bytes, 1 to 256 MiB. */
      readonly length: number;
    },
    ...job: Job
  ): Promise<RawStretchProbe>;
  /** flock(2), released with the object or by unlockFile. null: somebody else has it, and `wait` is false. */
  lockFile(path: RawPath, holder: string, wait: boolean, ...job: Job): Promise<RawFileLock | null>;
  unlockFile(lock: RawFileLock, ...job: Job): Promise<void>;
  /** Returns only when it could not. Words end with a zero byte each, as in /proc/PID/cmdline. */
  replaceProcess(file: RawPath, words: Buffer, environment: Buffer): RawFailure;
  /** Returns only when it could not. Of the descriptors these and 0 to 2 stay; the signals stay blocked. */
  handOver(
    file: RawPath,
    words: Buffer,
    environment: Buffer,
    signals: Uint32Array,
    descriptors: Uint32Array,
  ): RawFailure;
  signalDescriptor(signals: Uint32Array): number | RawFailure;
  holdBytes(bytes: Buffer): number | RawFailure;
  /** Nobody's child, in a session of its own, without stdin and stdout; `quiet`: without stderr, too. */
  startOrphan(file: RawPath, words: Buffer, environment: Buffer, quiet: boolean): RawFailure | undefined;
  /** Whether this child had ended, and is gone now. */
  reapChild(pid: number): boolean | RawFailure;
  /** Descriptors to read from and to write to. */
  createPipe(): readonly [read: number, write: number] | RawFailure;
  /** A descriptor with three 32-bit numbers for each signal: its number, whether the kernel sent it, from whom. */
  watchSignals(numbers: Uint32Array): number | RawFailure;
  unwatchSignals(): void;
  /** One datagram to a Unix socket: a path, or `@` and an abstract name. Never waits. */
  notify(address: RawPath, message: string): RawFailure | undefined;
  lookAtFilesystem(path: RawPath, ...job: Job): Promise<RawFilesystem>;
  /** Files of fewer than `least` bytes aren't asked what they share. */
  takeInventory(path: RawPath, least: number, ...job: Job): Promise<RawInventoryColumns>;
  readQuietly(
    file: RawProbeFile,
    offset: number,
    length: number,
    limiter: RawRateLimiter | null,
    ...job: Job
  ): Promise<RawQuietRead>;
  lookAtEntry(path: RawPath, ...job: Job): Promise<RawEntryFacts>;
  /** Makes it where it is missing. */
  openPartial(path: RawPath, ...job: Job): Promise<RawEntryFacts>;
  copyPiece(
    source: RawProbeFile,
    destination: RawProbeFile,
    offset: number,
    length: number,
    limiter: RawRateLimiter | null,
    ...job: Job
  ): Promise<RawCopiedPiece>;
  settleWindow(
    destination: RawProbeFile,
    offset: number,
    length: number,
    keep: boolean,
    ...job: Job
  ): Promise<void>;
  cloneFile(source: RawProbeFile, destination: RawProbeFile, ...job: Job): Promise<boolean>;
  publishFile(destination: RawProbeFile, publication: RawPublication, ...job: Job): Promise<void>;
}
