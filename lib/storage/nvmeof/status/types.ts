/** A time that may be switched off; `null` is not known. */
export type Timeout = number | 'off' | null;

/** Where a controller is reached and from where, as sysfs has it. */
export interface TransportAddress {
  /** IP address, Fibre Channel name (`nn-0x…:pn-0x…`), or PCI address. */
  readonly address: string | null;
  /** Port. */
  readonly service: string | null;
  readonly hostAddress: string | null;
  readonly hostInterface: string | null;
  /** Which address the host's end of the connection has, 6.1. */
  readonly sourceAddress: string | null;
}

/** One way to a namespace. */
export interface NamespacePath {
  /** Hidden with native multipathing (`nvme0c1n1`), otherwise the disk itself. */
  readonly device: string;
  /** The disk that files lie on. */
  readonly disk: string;
  readonly namespaceId: number | null;
  /** `optimized`, `non-optimized`, `inaccessible`, `persistent-loss`, `change`; `null` without ANA. */
  readonly anaState: string | null;
  readonly anaGroup: number | null;
  /** Requests that were sent over another path instead. */
  readonly failovers: number | null;
  readonly retries: number | null;
  readonly errors: number | null;
}

/** Since the controller was connected; `null` where this kernel doesn't count. */
export interface ControllerCounters {
  readonly reconnects: number | null;
  readonly resets: number | null;
  readonly commandErrors: number | null;
}

/** What the controller itself says in its SMART log. */
export interface ControllerLog {
  readonly mediaErrors: number | null;
  readonly errorLogEntries: number | null;
  /** Bits of the critical warning; 0 is none. */
  readonly criticalWarning: number | null;
}

export interface NvmeofController extends TransportAddress {
  /** `nvme0`. */
  readonly name: string;
  readonly subsystem: string | null;
  readonly transport: string | null;
  /** In the kernel's word: `live`, `connecting`, `resetting`, `deleting`, `dead`, `new`. */
  readonly state: string | null;
  /** Discovery controllers have no namespaces and no keep-alive of data. */
  readonly type: string | null;
  readonly controllerId: number | null;
  readonly hostNqn: string | null;
  readonly hostId: string | null;
  /** The admin queue is one of them. */
  readonly queueCount: number | null;
  /** Entries. */
  readonly queueSize: number | null;
  readonly keepAliveSeconds: number | null;
  readonly reconnectDelaySeconds: Timeout;
  /** After which a controller that can't be reached is given up, and its disks with it. */
  readonly ctrlLossSeconds: Timeout;
  /** After which requests fail while the controller is not reached. */
  readonly fastIoFailSeconds: Timeout;
  /** Whether host and target prove to each other who they are; `null`: only root may see. */
  readonly authenticated: boolean | null;
  readonly numaNode: number | null;
  readonly counters: ControllerCounters;
  /** `null`: it was not asked, or nvme-cli is missing, or it didn't answer. */
  readonly log: ControllerLog | null;
  readonly paths: readonly NamespacePath[];
}

export interface NvmeofSubsystem {
  /** `nvme-subsys0`. */
  readonly name: string;
  readonly nqn: string | null;
  /** `numa`, `round-robin`, `queue-depth`: of the paths, where native multipathing is on. */
  readonly ioPolicy: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly controllers: readonly NvmeofController[];
}

export interface NvmeofStatus {
  /** Whether this kernel can connect now (`/dev/nvme-fabrics` is there). */
  readonly canConnect: boolean;
  /** Of all commands, unless the device has its own; seconds. */
  readonly ioTimeoutSeconds: number | null;
  readonly nativeMultipath: boolean | null;
  readonly subsystems: readonly NvmeofSubsystem[];
}
