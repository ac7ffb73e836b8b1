import { parseCount } from '../../../host/host-file.ts';
import type { ControllerLog, Timeout, TransportAddress } from './types.ts';

/** Which key of the kernel's `address` attribute is which. */
const KEYS = {
  traddr: 'address',
  trsvcid: 'service',
  host_traddr: 'hostAddress',
  host_iface: 'hostInterface',
  src_addr: 'sourceAddress',
} as const satisfies Readonly<Record<string, keyof TransportAddress>>;

/** `traddr=10.0.0.1,trsvcid=4420,src_addr=10.0.0.9`, or a PCI address by itself. Pure. */
export function parseAddress(text: string | null): TransportAddress {
  const found: { -readonly [Key in keyof TransportAddress]: string | null } = {
    address: null,
    service: null,
    hostAddress: null,
    hostInterface: null,
    sourceAddress: null,
  };
  const plain = text?.trim() || null;
  if (plain === null) return found;
  if (!plain.includes('=')) return { ...found, address: plain };
  for (const part of plain.split(',')) {
    const at = part.indexOf('=');
    const key = part.slice(0, at);
    if (at > 0 && Object.hasOwn(KEYS, key)) {
      found[KEYS[key as keyof typeof KEYS]] = part.slice(at + 1).trim() || null;
    }
  }
  return found;
}

/** Seconds, `off`, or `null`. Kernels before 5.9 wrote -1 for `off`. Pure. */
export function parseTimeout(text: string | null): Timeout {
  if (text === 'off' || text === '-1') return 'off';
  return parseCount(text);
}

/** `Y`/`N` of a module's parameter. Pure. */
export function parseYes(text: string | null): boolean | null {
  return text === 'Y' || text === '1' ? true : text === 'N' || text === '0' ? false : null;
}

/** The JSON of `nvme smart-log`, of which only numbers are believed. Pure. */
export function parseSmartLog(text: string): ControllerLog | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return {
    mediaErrors: countOf(fields.media_errors),
    errorLogEntries: countOf(fields.num_err_log_entries),
    criticalWarning: countOf(warningOf(fields.critical_warning)),
  };
}

/** With `-vv` some versions print the bits as an object with the value in it. */
function warningOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
}

/** A counter as a number, or as the string that newer versions of nvme-cli print for 128 bits. */
function countOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null;
  return typeof value === 'string' ? parseCount(value) : null;
}
