import type { BudgetOptions } from '../budget/index.ts';
import type {
  BlockDevice,
  CapabilityName,
  CgroupMemoryReading,
  MachineModel,
  Meminfo,
  PressureResource,
  ProcessLimits,
  ProcessScan,
  ReadAhead,
  TransparentHugePages,
} from '../host/index.ts';
import type { Features } from '../native/index.ts';
import type { UnknownCode } from '../residency/index.ts';
import type { WarmSet } from '../targets/index.ts';

/** Everything that the checks look at. `null`: couldn't be read, and a check says so instead of guessing. */
export interface Readings {
  readonly native: NativeReading;
  readonly euid: number | null;
  readonly capabilities: ReadonlySet<CapabilityName> | null;
  readonly limits: ProcessLimits;
  readonly memory: Meminfo;
  readonly swappiness: number | null;
  readonly cgroups: CgroupMemoryReading;
  /** What the budget is computed with. */
  readonly budgetOptions: BudgetOptions;
  readonly hugePages: TransparentHugePages | null;
  /** Whether the kernel measures the pressure on each. */
  readonly pressure: Readonly<Record<PressureResource, boolean>>;
  readonly processes: ProcessScan | null;
  readonly machine: MachineModel;
  /** Null when no set was given. */
  readonly set: SetReadings | null;
}

/** The native part may be what is missing: a doctor must be able to say that. */
export type NativeReading =
  | { readonly state: 'loaded'; readonly features: Features }
  | { readonly state: 'failed'; readonly message: string; readonly remedy: string | null };

export interface SetReadings {
  readonly set: WarmSet;
  /** In the order in which the set's files meet them. */
  readonly filesystems: readonly FilesystemReading[];
  /** Null when nothing could be measured: the native part is missing. */
  readonly measured: MeasuredReading | null;
}

/** The files of the set that share a device number, and what lies under them. */
export interface FilesystemReading {
  /** As statfs(2) names it, else as its mount does; null when neither could be read. */
  readonly name: string | null;
  /** Where it is mounted; null when that can't be told. */
  readonly mountPoint: string | null;
  readonly files: number;
  readonly bytes: number;
  /** Files whose reads bypass the page cache for persistent memory. */
  readonly daxFiles: number;
  /** The disk below; null for network and stacked filesystems and those in memory, and when it can't be read. */
  readonly device: BlockDevice | null;
  /** The read-ahead window that applies and the file that sets it. */
  readonly readAhead: ReadAhead | null;
  /** How its larger files lie in the cache now; null where none was looked at. */
  readonly folios: FoliosReading | null;
}

/** Files of 2 MiB and more of which something is cached and the layout is known. */
export interface FoliosReading {
  readonly known: number;
  /** Of those, files that lie in small folios for the most part. */
  readonly small: number;
  /** One of the small ones. */
  readonly example: string | null;
  /** Some were told by timing. */
  readonly estimated: boolean;
}

export interface MeasuredReading {
  readonly files: number;
  readonly unknown: readonly UnknownGroup[];
}

/** Files whose residency can't be known for one and the same reason. */
export interface UnknownGroup {
  readonly code: UnknownCode;
  readonly message: string;
  readonly remedy: string;
  readonly files: number;
  /** One of them. */
  readonly example: string;
}
