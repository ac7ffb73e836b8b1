import type { DeviceKind } from './types.ts';

export interface DeviceNames {
  readonly name: string;
  readonly partition: boolean;
  /** `dm/uuid`, whose beginning says who made the mapping: `LVM-…`, `CRYPT-LUKS2-…`, `mpath-…`. */
  readonly dmUuid: string | null;
  readonly md: boolean;
}

const MAPPINGS: readonly (readonly [prefix: RegExp, kind: DeviceKind])[] = [
  [/^LVM-/, 'lvm'],
  [/^CRYPT-/, 'crypt'],
  [/^mpath-/, 'multipath'],
  // A partition of a multipath device (kpartx) is a mapping of its own.
  [/^part\d+-mpath-/, 'multipath'],
];

/** What sort of block device it is, from what sysfs says. Pure. */
export function kindOfDevice({ name, partition, dmUuid, md }: DeviceNames): DeviceKind {
  if (partition) return 'partition';
  if (md) return 'md';
  if (/^dm-\d/.test(name))
    return MAPPINGS.find(([prefix]) => prefix.test(dmUuid ?? ''))?.[1] ?? 'device-mapper';
  if (/^loop\d/.test(name)) return 'loop';
  if (/^nvme\d/.test(name)) return 'nvme';
  if (/^zram\d/.test(name)) return 'zram';
  return /^ram\d/.test(name) ? 'ram' : 'disk';
}
