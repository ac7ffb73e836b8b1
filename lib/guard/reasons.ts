import { formatBytes, formatDuration, formatRate, formatShare } from '../units.ts';
import type { Reason, ReasonCode } from './types.ts';

/** Every code with its meaning in a few words, for tables and help texts. */
export const REASONS: Readonly<Record<ReasonCode, string>> = {
  'memory-fell': 'MemAvailable fell below its baseline by more than allowed',
  'memory-floor': 'MemAvailable is below the absolute floor',
  'cgroup-headroom': 'an ancestor cgroup has too little room below its limit',
  'memory-pressure': 'tasks stand still for want of memory',
  swapping: 'pages are being read back from swap',
  'evicted-again': 'pages of the set are evicted as fast as they are read',
  'device-slow': 'the device answers more slowly than its baseline',
  'others-read': 'somebody else reads from the device',
  'io-pressure': 'tasks stand still for want of I/O while somebody else reads',
  blind: 'a device has no witness, and a rate was given for that case',
};

export const REASON_CODES: readonly ReasonCode[] = Object.entries(REASONS).map(
  // Object.entries forgets that the keys of an exhaustive record are its codes.
  ([code]) => code as ReasonCode,
);

export function memoryFell(available: number, baseline: number, fall: number): Reason {
  const message = `MemAvailable is ${formatBytes(available)}, ${formatShare(1 - available / baseline)} below its baseline of ${formatBytes(baseline)}; ${formatShare(fall)} is allowed`;
  return { code: 'memory-fell', message };
}

export function memoryFloor(available: number, floor: number): Reason {
  const message = `MemAvailable is ${formatBytes(available)}, below the floor of ${formatBytes(floor)}`;
  return { code: 'memory-floor', message };
}

export function cgroupHeadroom(path: string, headroom: number, floor: number): Reason {
  const message = `cgroup ${path} has ${formatBytes(headroom)} left below its limit; ${formatBytes(floor)} must stay free`;
  return { code: 'cgroup-headroom', message };
}

export function memoryPressure(share: number, limit: number): Reason {
  const message = `tasks stood still for want of memory ${formatShare(share)} of the time; ${formatShare(limit)} is allowed`;
  return { code: 'memory-pressure', message };
}

export function swapping(bytesPerSecond: number, limit: number): Reason {
  const message = `${formatRate(bytesPerSecond)} are read back from swap; ${formatRate(limit)} is allowed`;
  return { code: 'swapping', message };
}

export function evictedAgain(evicted: number, read: number, holdMs: number): Reason {
  const message = `${formatBytes(evicted)} of the set were evicted while ${formatBytes(read)} were read; reading on is tried again after ${formatDuration(holdMs)}`;
  return { code: 'evicted-again', message };
}

export function deviceSlow(device: string, ms: number, baseline: number, factor: number): Reason {
  const message = `device ${device} answers a read in ${formatDuration(ms)} (p95) while the fill rests, its baseline is ${formatDuration(baseline)}; ${factor} times that is allowed`;
  return { code: 'device-slow', message };
}

/** It may be gone: a path that broke, a server that went away. */
export function deviceSilent(device: string, ms: number): Reason {
  const message = `device ${device} has not answered a read for ${formatDuration(ms)}`;
  return { code: 'device-slow', message };
}

/** Where no probe can be taken. */
export function averageSlow(device: string, ms: number, baseline: number, factor: number): Reason {
  const message = `device ${device} takes ${formatDuration(ms)} for a read on average, it took ${formatDuration(baseline)} when the fill began; ${factor} times that is allowed`;
  return { code: 'device-slow', message };
}

export function othersRead(device: string, readsPerSecond: number | null): Reason {
  const seen = readsPerSecond === null ? '' : ` (${Math.round(readsPerSecond)} reads a second)`;
  return { code: 'others-read', message: `somebody else reads from device ${device}${seen}` };
}

export function ioPressure(device: string, share: number, limit: number): Reason {
  const message = `somebody else reads from device ${device}, and tasks stood still for want of I/O ${formatShare(share)} of the time; ${formatShare(limit)} is allowed`;
  return { code: 'io-pressure', message };
}

export function blind(devices: readonly string[]): Reason {
  const message = `nothing can be measured of device ${devices.join(', ')}: no probe, no diskstats`;
  return { code: 'blind', message };
}

/** The reason why the fill was slowed, after it is over. */
export function returning({ code, message }: Reason): Reason {
  const over = 'going back up slowly; the last reason was: ';
  return { code, message: message.startsWith(over) ? message : `${over}${message}` };
}

export function pausedTooLong({ code, message }: Reason, seconds: number): Reason {
  return { code, message: `paused for ${formatDuration(seconds * 1000)}: ${message}` };
}
