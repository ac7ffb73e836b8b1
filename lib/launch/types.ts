import type { BudgetChoice, GuardSummary, HostGuard } from '../fill/index.ts';
import type { Priority } from '../native/job.ts';
import type { ServerKind } from '../server-kind.ts';

/** A model that a command line or environment names. */
export interface NamedModel {
  /** As `resolveTargets` takes it: a path, `hf:ORG/NAME@REVISION`, `ollama:NAME:TAG` or `llama:ORG/REPO:QUANT`. */
  readonly target: string;
  /** Where it was read: `--model`, `the first argument behind serve`, `$MODEL_ID`. */
  readonly from: string;
  readonly kind: 'model' | 'draft' | 'adapter' | 'tokenizer' | 'projector';
  /** Of a name on a hub: a directory of this path, if there is one, is what the server takes instead. */
  readonly localPath?: string;
  /** Of a repository with GGUF files: which quantisation it loads, such as `Q4_K_M`; case doesn't matter. */
  readonly quantisation?: string;
  /** The one file of the repository that it loads. */
  readonly file?: string;
}

/** Whether a server reads its weights through the page cache. */
export type CacheUse =
  | { readonly state: 'used' }
  /** It reads past the page cache: warming does nothing for it. */
  | { readonly state: 'bypassed'; readonly why: string }
  /** It may; which way it is can't be seen from outside. */
  | { readonly state: 'doubtful'; readonly why: string }
  /** It fills the page cache by itself before it reads: two at once compete. */
  | { readonly state: 'prefetches'; readonly why: string }
  /** It drops what it read from the cache when it is done. */
  | { readonly state: 'drops'; readonly why: string };

/** Where a server will answer. */
export interface ServerAddress {
  /** To connect to: where it listens on every address, the loopback one. */
  readonly host: string;
  readonly port: number;
  /** It answers HTTPS. */
  readonly tls?: true;
  /** Where else it may answer: its default port differs between versions, and none was given. */
  readonly otherPorts?: readonly number[];
}

/** What a command line and its environment say about the server that they start. */
export interface RecognisedServer {
  readonly server: ServerKind;
  /** By what it was recognised, in words. */
  readonly evidence: string;
  readonly models: readonly NamedModel[];
  readonly address: ServerAddress | null;
  /** Paths that answer 200 only when it is ready, the most telling first. */
  readonly healthPaths: readonly string[];
  /** The most telling of {@link cacheUses}. */
  readonly cacheUse: CacheUse;
  /** All that its options say, when that is more than one thing. */
  readonly cacheUses?: readonly CacheUse[];
  /** How many processes share the weights, where it is said. */
  readonly tensorParallel: number | null;
  /** Variables that decide where models are found, as the server will see them. */
  readonly environment: Readonly<Record<string, string>>;
  /** A file with further options, which was read only if the caller gave a reader for it. */
  readonly configFile?: string;
}

/** How a fill beside a loader is held. */
export interface BesideOptions {
  /** The server's first process; its descendants load, too. */
  readonly pid: number;
  readonly budget?: BudgetChoice | undefined;
  readonly guard?: HostGuard | false | undefined;
  /** @default 'idle' */
  readonly priority?: Priority | undefined;
  /** Bytes a second that it may read. @default unlimited */
  readonly rate?: number | undefined;
  /** Evict what the loader has consumed, where the set is larger than the budget. @default false */
  readonly dropBehind?: boolean | undefined;
  /** @default `window` for a set that is larger than the budget, else `ahead` */
  readonly how?: 'ahead' | 'window' | 'read-ahead' | undefined;
  /**
   * Go on watching the loader when there is nothing left to fill, until `signal` or until the server is gone: then
   * `firstReadMs`, `leftToLoader` and `residentAfter` are those of the whole start. @default false
   */
  readonly watchOn?: boolean | undefined;
  /** About ten times a second while bytes are read. */
  readonly onProgress?: ((progress: BesideProgress) => void) | undefined;
  /** Ends the fill within a window: the server is ready, or is gone. */
  readonly signal?: AbortSignal | undefined;
}

export interface BesideProgress {
  readonly asked: number;
  /** Resident, by the last look. */
  readonly resident: number;
  /** Fetched by the fill; what it finds there by the loader's doing isn't counted. */
  readonly read: number;
  /** The furthest place that the loader was seen at, in bytes from the start of the first file. Null where it can't be seen. */
  readonly loaderBytes: number | null;
}

/** What a fill beside a loader came to. Bytes. */
export interface BesideResult {
  readonly asked: number;
  readonly residentBefore: number | null;
  readonly residentAfter: number | null;
  /** Read by the fill, before the loader asked for it. */
  readonly warmedAhead: number;
  /** Read by the loader from the device: the fill came too late for it, or left it. Null where it can't be known. */
  readonly leftToLoader: number | null;
  /** Given back behind the loader. */
  readonly dropped: number;
  /** From the start of the server to the first byte that its loader read of the set. */
  readonly firstReadMs: number | null;
  readonly how: 'ahead' | 'window' | 'read-ahead' | 'nothing';
  /** Why it was done so, or why it did nothing, in words. */
  readonly why: string;
  readonly stopped: 'done' | 'aborted' | 'budget' | 'guard' | 'slow-source' | 'warm-already' | 'useless';
  readonly guard: GuardSummary | null;
}
