import type { LayerRole } from '../../host/index.ts';

/** What is known of a thing that may also not be known. */
export type Ability = 'yes' | 'no' | 'unknown';

export interface AbilityReading {
  readonly ability: Ability;
  /** How that is known, or why it isn't. */
  readonly why: string;
}

/** Free space of a filesystem, statfs(2), in bytes. */
export interface Space {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** What an ordinary user may still write. */
  readonly availableBytes: number;
  /** `null`: the filesystem makes inodes as they are needed. */
  readonly inodes: number | null;
  readonly freeInodes: number | null;
}

/** Which role a place has where it isn't what was asked about: a layer of an overlay, or the file behind a loop device. */
export type PlaceRole = 'target' | LayerRole | 'backing file';

/** A path that can't be followed from here: a layer in another mount namespace, say. */
export interface HiddenPlace {
  readonly state: 'hidden';
  readonly role: PlaceRole;
  readonly path: string;
  readonly why: string;
}

/** A path, the mount that it lies on, and what that stands on. */
export interface KnownPlace {
  readonly state: 'known';
  readonly role: PlaceRole;
  /** As asked. */
  readonly path: string;
  /** With symbolic links resolved. */
  readonly realPath: string;
  readonly mount: {
    readonly point: string;
    readonly source: string;
    readonly options: readonly string[];
    readonly superOptions: readonly string[];
    /** MAJOR:MINOR. */
    readonly device: string;
  };
  /** Set where the mount shows only a directory of its filesystem. */
  readonly part: MountPart | null;
  readonly filesystem: {
    readonly name: string;
    readonly kind: 'disk' | 'remote' | 'stacked' | 'memory' | 'zfs' | 'unknown';
    readonly largeFolios: AbilityReading;
    readonly reflinks: AbilityReading;
  };
  readonly space: Space | null;
  /** Of the filesystem itself, where it has one (NFS, FUSE, btrfs). KiB. */
  readonly readAhead: { readonly kib: number; readonly file: string } | null;
  /** Of an overlay, topmost first. */
  readonly layers: readonly Place[];
  readonly device: DeviceNode | null;
}

export interface MountPart {
  readonly kind: 'bind' | 'subvolume';
  /** The directory of the filesystem. */
  readonly root: string;
  /** The same directory by another mount, `null` where none that can be seen shows it. */
  readonly alsoAt: string | null;
}

export type Place = KnownPlace | HiddenPlace;

export type DeviceKind =
  | 'disk'
  | 'partition'
  | 'loop'
  | 'nvme'
  | 'md'
  | 'lvm'
  | 'crypt'
  | 'multipath'
  | 'device-mapper'
  | 'zram'
  | 'ram';

/** A block device, from sysfs. `null`: not told. */
export interface DeviceNode {
  /** The kernel's name, such as `dm-0`. */
  readonly name: string;
  readonly kind: DeviceKind;
  /** MAJOR:MINOR. */
  readonly number: string | null;
  /** What it calls itself: model of a disk, name of a mapping, level of an array. */
  readonly label: string | null;
  readonly sizeBytes: number | null;
  /** Made by a hypervisor, so that what it says of rotation is worth nothing. */
  readonly virtual: boolean;
  readonly numaNode: number | null;
  /** `null` for a partition, which has that of its disk. */
  readonly queue: Queue | null;
  readonly array: ArrayState | null;
  readonly loop: { readonly directIo: boolean | null; readonly offsetBytes: number | null } | null;
  readonly nvme: NvmeNode | null;
  /** The file of a loop device. */
  readonly backing: Place | null;
  /** What it is made of; for a partition its disk. */
  readonly members: readonly DeviceNode[];
}

export interface Queue {
  readonly scheduler: string | null;
  readonly schedulers: readonly string[];
  /** Of the device that orders requests: for a stacked one, that of its members. */
  readonly honoursIdlePriority: boolean | null;
  readonly readAheadKb: number | null;
  readonly maxSectorsKb: number | null;
  readonly rotational: boolean | null;
  /** Requests that may wait. */
  readonly depth: number | null;
  /** DAX: reads go past the page cache. */
  readonly dax: boolean | null;
}

/** Of an md array. */
export interface ArrayState {
  readonly level: string | null;
  readonly state: string | null;
  readonly degraded: number | null;
  /** `idle`, `resync`, `recover`, `check` … */
  readonly syncAction: string | null;
}

export interface NvmeNode {
  readonly subsystem: string | null;
  readonly namespaceId: number | null;
  /** How requests are spread over the paths of native multipathing; `null` without it. */
  readonly ioPolicy: string | null;
  readonly paths: readonly NvmePath[];
}

/** A controller through which a namespace is reached. */
export interface NvmePath {
  readonly controller: string;
  /** `pcie`, `tcp`, `rdma`, `fc`, `loop`. */
  readonly transport: string | null;
  /** A PCI address, or `traddr=…,trsvcid=…`. */
  readonly address: string | null;
  /** `live`, `connecting`, … */
  readonly state: string | null;
  /** `optimized`, `non-optimized`, `inaccessible` …; `null` without asymmetric access. */
  readonly anaState: string | null;
  readonly scheduler: string | null;
  readonly numaNode: number | null;
}

export interface StorageFinding {
  /** Stable. */
  readonly id: string;
  readonly level: 'note' | 'warning';
  /** A path or a device. */
  readonly place: string;
  readonly message: string;
  /** What to do, or `null`. */
  readonly remedy: string | null;
}

export interface StorageInspection {
  readonly place: Place;
  /** What it means for warming, in words. */
  readonly findings: readonly StorageFinding[];
}
