import type { ServerKind } from '../../server-kind.ts';

/** What a server does while it starts, in the order in which it usually happens. */
export type PhaseName =
  | 'import'
  | 'distributed'
  | 'download'
  | 'prefetch'
  | 'weights'
  | 'model'
  | 'compile'
  | 'profile'
  | 'kv-cache'
  | 'graphs'
  | 'engine'
  | 'runner';

export interface StartupPhase {
  readonly name: PhaseName;
  /** As the log says; the longest where several ranks or models say so. */
  readonly seconds: number;
  /** The phase that this one is a part of, and in whose seconds it is counted already. */
  readonly within: PhaseName | null;
  /** How the seconds are known: said by a line, or between the time stamps of two. */
  readonly source: 'said' | 'stamps';
  /** Ranks, workers or models that said something about it. */
  readonly reports: number;
}

export type CompileCache = 'hit' | 'miss' | 'unknown';

/** What a start-up log tells. */
export interface StartupReport {
  readonly server: ServerKind | null;
  /** As the server says. */
  readonly version: string | null;
  readonly phases: readonly StartupPhase[];
  /** From the first line of the server to ready, by time stamps; null where the log has none or it never got ready. */
  readonly totalSeconds: number | null;
  /** Of `totalSeconds`, what no phase explains; null where the total is unknown. */
  readonly unattributedSeconds: number | null;
  readonly ready: boolean;
  /** Bytes of device memory that the model takes, as the server says. */
  readonly modelBytes: number | null;
  readonly kvCacheBytes: number | null;
  readonly compileCache: CompileCache;
  readonly lines: number;
}

/** Something that a line said, as soon as it is read. */
export type StartupEvent =
  | { readonly type: 'server'; readonly server: ServerKind; readonly version: string | null }
  | { readonly type: 'phase'; readonly phase: StartupPhase }
  | { readonly type: 'ready' };
