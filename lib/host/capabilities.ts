import { type HostOptions, type ProcessId, readHostTextOrNull } from './host-file.ts';

// Bit numbers of include/uapi/linux/capability.h: those that decide what warmset may ask or do.
const BITS = {
  CAP_DAC_OVERRIDE: 1n,
  CAP_DAC_READ_SEARCH: 2n,
  CAP_FOWNER: 3n,
  CAP_IPC_LOCK: 14n,
  CAP_SYS_ADMIN: 21n,
  CAP_SYS_NICE: 23n,
  CAP_SYS_RESOURCE: 24n,
} as const;

export type CapabilityName = keyof typeof BITS;

/**
 * Pure reading of the effective capabilities (`CapEff`) in the text of `/proc/PID/status` (capabilities(7)), cut to
 * those that matter here; `null` when the line is missing or garbled.
 *
 * They hold within the process's user namespace: in a rootless container `CAP_FOWNER` says nothing about files of
 * users that aren't mapped into it.
 */
export function parseCapabilities(statusText: string): ReadonlySet<CapabilityName> | null {
  const hex = /^CapEff:\s*([0-9a-f]{1,16})$/im.exec(statusText)?.[1];
  if (hex === undefined) return null;
  const mask = BigInt(`0x${hex}`);
  const names = Object.keys(BITS).filter((name): name is CapabilityName => name in BITS);
  return new Set(names.filter((name) => ((mask >> BITS[name]) & 1n) !== 0n));
}

/** Reads the effective capabilities of a process; `null` when unknown. */
export async function readCapabilities(
  pid: ProcessId = 'self',
  options: HostOptions = {},
): Promise<ReadonlySet<CapabilityName> | null> {
  return parseCapabilities((await readHostTextOrNull(`/proc/${pid}/status`, options)) ?? '');
}
