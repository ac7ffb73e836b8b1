/** Whose files these are, by where they lie and what they are called. */
export type Backend =
  | 'hugging-face'
  | 'modelscope'
  | 'ollama'
  | 'tensorrt'
  | 'compile-cache'
  | 'gguf'
  | 'weights'
  | 'other';

export interface ContentHash {
  /** 64 hexadecimal digits, sha256. */
  readonly hex: string;
  /** `name`: the store named the file by it; `read`: all of it was read here. */
  readonly from: 'name' | 'read';
}

/** One inode that is large enough to be compared. */
export interface InventoryFile {
  readonly node: string;
  /** Which filesystem: of this node, or a server's that several nodes mount. */
  readonly storage: string;
  readonly ino: string;
  /** The first name found. */
  readonly path: string;
  /** Base64 of the path, only where it isn't UTF-8. */
  readonly pathBytes?: string | undefined;
  /** How many names below the roots lead to it: hard links. */
  readonly names: number;
  readonly size: number;
  /** Bytes on the device: less than `size` where it has holes. */
  readonly allocated: number;
  readonly modifiedNs: string;
  readonly backend: Backend;
  readonly model: string | null;
  readonly hash: ContentHash | null;
  /** sha256 over the first and last 64 KiB; `null`: not read. */
  readonly sample: string | null;
  /** Data that other files share, as pairs of offset and length on the device; `null`: the filesystem doesn't tell. */
  readonly shared: readonly (readonly [offset: number, length: number])[] | null;
}

/** Files too small to be compared, as sums. */
export interface SmallFiles {
  readonly node: string;
  readonly root: string;
  readonly backend: Backend;
  readonly model: string | null;
  readonly files: number;
  readonly apparentBytes: number;
  readonly onDiskBytes: number;
}

export interface InventoryFailure {
  readonly node: string;
  readonly path: string;
  /** An errno name or a `WARMSET_*` code. */
  readonly code: string;
  readonly message: string;
}

/** What was found below some roots on some nodes. */
export interface FootprintInventory {
  /** Milliseconds since 1970; of a merged one the latest. */
  readonly takenAtMs: number;
  readonly nodes: readonly string[];
  /** Files of fewer bytes are sums only. */
  readonly leastBytes: number;
  readonly roots: readonly string[];
  readonly files: readonly InventoryFile[];
  readonly small: readonly SmallFiles[];
  readonly failures: readonly InventoryFailure[];
}

/** Files of one backend, model or node together. */
export interface FootprintRow {
  readonly name: string;
  readonly files: number;
  /** Every name in full: hard links, reflinks and holes counted as if they were data. */
  readonly apparentBytes: number;
  /** What they take: each inode once, shared extents once, holes not at all. */
  readonly onDiskBytes: number;
  /** What would be left if each content were there once in this row. */
  readonly uniqueBytes: number;
  /** Of the unique ones, those whose content is in another row as well. */
  readonly elsewhereBytes: number;
}

/** How sure it is that these files are equal: the weakest of them counts. */
export type Evidence = 'read' | 'name' | 'sample';

export interface DuplicateGroup {
  readonly size: number;
  readonly evidence: Evidence;
  /** sha256, where one of them has it. */
  readonly hash: string | null;
  /** Bytes on disk that all but one of them take. */
  readonly savableBytes: number;
  readonly files: readonly {
    readonly node: string;
    readonly path: string;
    readonly backend: Backend;
    readonly model: string | null;
    readonly onDiskBytes: number;
  }[];
}

export interface FootprintReport {
  readonly total: FootprintRow;
  /** What a base that every backend and node shares would save. */
  readonly savable: {
    readonly bytes: number;
    /** Equal by their hashes; the rest by size, head and tail. */
    readonly certainBytes: number;
    readonly withinNodesBytes: number;
    readonly acrossNodesBytes: number;
  };
  readonly backends: readonly FootprintRow[];
  readonly models: readonly FootprintRow[];
  readonly nodes: readonly FootprintRow[];
  /** The most savable first, at most {@link MOST_GROUPS}. */
  readonly duplicates: readonly DuplicateGroup[];
  readonly duplicatesLeftOut: number;
  /** Of the same size as another one, and neither has a hash in common with it nor was its head and tail read. */
  readonly uncomparedBytes: number;
  /** Files whose filesystem doesn't tell what they share: counted in full. */
  readonly sharingUnknownFiles: number;
  readonly failures: readonly InventoryFailure[];
}

export const MOST_GROUPS = 1000;
