import { type HostOptions, readMounts } from '../host/index.ts';
import { features, type JobOptions } from '../native/index.ts';
import { type Measurement, measure } from '../residency/measure.ts';
import type { WarmFile, WarmSet } from '../targets/index.ts';
import { type FileGroup, readFilesystem } from './gather-filesystem.ts';
import { gatherFolios } from './gather-folios.ts';
import type { FoliosReading, SetReadings, UnknownGroup } from './readings.ts';

// As in residency(): windows are only there to spread the samples that cross-check the count.
const MOST_WINDOWS = 64;

type Group = Omit<FileGroup, 'folios'>;

/**
 * Reads what lies under a set's files and whether their residency can be known.
 *
 * @param canMeasure False when the native part is missing.
 */
export async function gatherSet(
  set: WarmSet,
  canMeasure: boolean,
  options: HostOptions & JobOptions,
): Promise<SetReadings> {
  const groups = new Map<bigint, Group>();
  const unknown = new Map<string, UnknownGroup>();
  for await (const [file, measurement] of measureEach(set.files, canMeasure, options)) {
    groups.set(file.dev, addToGroup(groups.get(file.dev), file, measurement));
    if (measurement?.state === 'unknown') addUnknown(unknown, file, measurement);
  }
  const mounts = await readMounts(options);
  const folios = canMeasure ? await gatherFolios(set.files, options) : new Map<bigint, FoliosReading>();
  const filesystems = await Promise.all(
    [...groups].map(([dev, group]) =>
      readFilesystem({ ...group, folios: folios.get(dev) ?? null }, mounts, options),
    ),
  );
  const measured = canMeasure ? { files: set.files.length, unknown: [...unknown.values()] } : null;
  return { set, filesystems, measured };
}

async function* measureEach(
  files: readonly WarmFile[],
  canMeasure: boolean,
  options: JobOptions,
): AsyncGenerator<readonly [WarmFile, Measurement | undefined]> {
  if (!canMeasure) {
    for (const file of files) yield [file, undefined];
    return;
  }
  const remaining = files.values();
  const windows = { window: features().pageSize, mostWindows: MOST_WINDOWS };
  for await (const batch of measure(files, { ...options, ...windows })) {
    for (const measurement of batch) {
      const file = remaining.next().value;
      if (file) yield [file, measurement];
    }
  }
}

function addToGroup(group: Group | undefined, file: WarmFile, measurement: Measurement | undefined): Group {
  const survey = measurement?.survey;
  return {
    example: group?.example ?? file,
    // A file that can't be opened doesn't tell; another one on the same device may.
    magic: group?.magic ?? survey?.filesystem ?? null,
    files: (group?.files ?? 0) + 1,
    bytes: (group?.bytes ?? 0) + file.size,
    daxFiles: (group?.daxFiles ?? 0) + (survey?.dax ? 1 : 0),
  };
}

function addUnknown(
  groups: Map<string, UnknownGroup>,
  file: WarmFile,
  { reason }: Measurement & { readonly state: 'unknown' },
): void {
  const key = `${reason.code}:${reason.message}`;
  const files = (groups.get(key)?.files ?? 0) + 1;
  groups.set(key, { ...reason, files, example: groups.get(key)?.example ?? file.path });
}
