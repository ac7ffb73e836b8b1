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

export type PhaseSource = 'said' | 'stamps' | 'arrival';

export interface StartupPhase {
  readonly name: PhaseName;
  /** As the log says; the longest where several ranks or models say so. */
  readonly seconds: number;
  /** The phase that this one is a part of, and in whose seconds it is counted already. */
  readonly within: PhaseName | null;
  /** How the seconds are known: said by a line, between the time stamps of two, or between their arrivals. */
  readonly source: PhaseSource;
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
  /** From the first line of the server to ready; null where no clock saw both or it never got ready. */
  readonly totalSeconds: number | null;
  /** By which clock `totalSeconds` is known: the log's own, or the arrival of a live stream. */
  readonly totalSource: 'stamps' | 'arrival' | null;
  /** Of `totalSeconds`, what no phase explains, 0 or more; null where the total is unknown. */
  readonly unattributedSeconds: number | null;
  /** By how much the phases that are in no other are longer than the total: rounding, or they ran beside each other. */
  readonly overlapSeconds: number | null;
  readonly ready: boolean;
  /** How many starts the log holds; everything here is of the last. */
  readonly starts: number;
  /** Bytes that the model takes on its devices, as the server says; of one rank where several say it, the largest. */
  readonly modelBytes: number | null;
  /** Bytes of the KV cache, likewise. */
  readonly kvCacheBytes: number | null;
  readonly compileCache: CompileCache;
  /** Lines that ended in a line feed, and a last one that didn't. */
  readonly lines: number;
}

/** Something that a line said, as soon as it is read. */
export type StartupEvent =
  | { readonly type: 'server'; readonly server: ServerKind; readonly version: string | null }
  | { readonly type: 'phase'; readonly phase: StartupPhase }
  | { readonly type: 'ready' };
