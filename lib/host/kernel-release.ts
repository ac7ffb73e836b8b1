import { type HostOptions, readHostTextOrNull } from './host-file.ts';

/** A kernel version. Distributions backport: what can be tried should be tried, not derived from this. */
export interface KernelRelease {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Pure reading of `uname -r`: `6.18.44-foo` → 6, 18, 44; `6.18-rc1` has patch 0. `null` when it is no version. */
export function parseKernelRelease(text: string): KernelRelease | null {
  const match = /^(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?/.exec(text.trim());
  if (match === null) return null;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

/** Whether a kernel is of this version or later. */
export function atLeast(release: KernelRelease, major: number, minor: number, patch = 0): boolean {
  if (release.major !== major) return release.major > major;
  if (release.minor !== minor) return release.minor > minor;
  return release.patch >= patch;
}

/** Reads `/proc/sys/kernel/osrelease`; `null` when it is absent or no version. */
export async function readKernelRelease(options: HostOptions = {}): Promise<KernelRelease | null> {
  return parseKernelRelease((await readHostTextOrNull('/proc/sys/kernel/osrelease', options)) ?? '');
}
