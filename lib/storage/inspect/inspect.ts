import { resolve } from 'node:path';
import { type HostOptions, readKernelRelease, readMounts } from '../../host/index.ts';
import type { JobOptions } from '../../native/job.ts';
import { findingsOfDevices } from './findings-of-device.ts';
import { findingsOfPlaces } from './findings-of-place.ts';
import { followPlace } from './place.ts';
import type { Place, StorageFinding, StorageInspection } from './types.ts';

export interface InspectOptions extends HostOptions, JobOptions {
  /** Directory that relative paths start from. @default process.cwd() */
  readonly cwd?: string | undefined;
}

/**
 * Where the bytes of each path live: mount, layers, filesystem, devices down to the hardware, and what that means for
 * warming. Reads and changes nothing of the system's. A path that can't be followed is `hidden` in its result, with the
 * reason; only an aborted signal rejects.
 */
export async function inspectStorage(
  paths: readonly string[],
  options: InspectOptions = {},
): Promise<readonly StorageInspection[]> {
  const [mounts, kernel] = await Promise.all([readMounts(options), readKernelRelease(options)]);
  return Promise.all(
    paths.map(async (path) => {
      const asked = resolve(options.cwd ?? process.cwd(), path);
      const place = await followPlace(asked, 'target', { priority: 'normal', ...options, mounts, kernel });
      return { place, findings: whatItMeans(place) };
    }),
  );
}

/** Each said once, warnings first: layers of an overlay often share a disk. Pure. */
export function whatItMeans(place: Place): readonly StorageFinding[] {
  const found = new Map<string, StorageFinding>();
  for (const finding of [...findingsOfPlaces(place), ...findingsOfDevices(place)]) {
    found.set(`${finding.id} ${finding.place}`, finding);
  }
  return [...found.values()].toSorted(
    (a, b) => Number(b.level === 'warning') - Number(a.level === 'warning'),
  );
}
