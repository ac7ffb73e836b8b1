export {
  type BlockDevice,
  inflightPath,
  parseReadsInFlight,
  readBlockDevice,
  readsInFlight,
} from './block-device.ts';
export { honoursIdlePriority, parseSchedulers, type Schedulers } from './block-scheduler.ts';
export { type CapabilityName, parseCapabilities, readCapabilities } from './capabilities.ts';
export { type CgroupEvents, parseCgroupEvents, readCgroupEvents } from './cgroup-events.ts';
export { type CgroupMembership, findMemoryCgroup } from './cgroup-membership.ts';
export { type CgroupMemory, type CgroupMemoryReading, readCgroupMemory } from './cgroup-memory.ts';
export type { CgroupLimitFile } from './cgroup-memory-files.ts';
export { type CgroupProcesses, readCgroupProcesses } from './cgroup-processes.ts';
export { type DeviceNumber, splitDevice } from './device-number.ts';
export {
  type DiskStats,
  parseDiskstats,
  parseReadCounters,
  type ReadCounters,
  readDiskstats,
  readReadCounters,
} from './diskstats.ts';
export { findFileDisk } from './file-disk.ts';
export { type FilesystemKind, kindOf } from './filesystem-kind.ts';
export { filesystemName } from './filesystem-names.ts';
export type { HostOptions, ProcessId } from './host-file.ts';
export { atLeast, type KernelRelease, parseKernelRelease, readKernelRelease } from './kernel-release.ts';
export { LARGE_FOLIOS_SINCE, SINGLE_PAGES } from './large-folios.ts';
export {
  type MachineModel,
  parseGpuModel,
  readMachineModel,
  unifiedMemoryEvidence,
} from './machine-model.ts';
export {
  type MappedBy,
  type MappingKey,
  type MappingProcess,
  mappedBy,
  mappingKey,
  parseMappedFiles,
  readMappedFiles,
} from './mapped-by.ts';
export { type Meminfo, parseMeminfo, readMeminfo } from './meminfo.ts';
export { findMountDevice, type ReadAhead, readMountReadAhead } from './mount-device.ts';
export { decodeOctal, findMount, type Mount, parseMountinfo, readMounts } from './mountinfo.ts';
export { isOverTcp } from './nvme-transport.ts';
export { type OpenFile, parseOpenFile, readOpenFiles } from './open-files.ts';
export { type LayerRole, type NamedLayer, overlayLayers } from './overlay-layers.ts';
export {
  type ProcessIo,
  parseMajorFaults,
  parseProcessIo,
  parseStartTicks,
  readProcessIo,
  TICKS_PER_SECOND,
} from './process-io.ts';
export {
  type ProcessLimits,
  parseProcessLimits,
  type ResourceLimit,
  readProcessLimits,
} from './process-limits.ts';
export { readProcessTree } from './process-tree.ts';
export {
  type ProcessScan,
  type ProcessStat,
  parseCommandLine,
  parseProcessStat,
  type RunningProcess,
  readProcesses,
  type ScanOptions,
} from './processes.ts';
export {
  type Pressure,
  type PressureLine,
  type PressureResource,
  parsePressure,
  readCgroupPressure,
  readPressure,
} from './psi.ts';
export { readSwappiness } from './swappiness.ts';
export {
  parseTransparentHugePages,
  readTransparentHugePages,
  type TransparentHugePages,
} from './transparent-huge-pages.ts';
export { readUsersBelow, type UserBelow, type UsersBelow } from './users-below.ts';
export { parseVmstat, readVmstat, type Vmstat } from './vmstat.ts';
