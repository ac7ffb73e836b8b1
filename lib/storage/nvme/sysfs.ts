import { readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readHostTextOrNull } from '../../host/host-file.ts';

/** An attribute's text without the blanks around it; `null` where it is missing, empty or can't be read. */
export async function attribute(...path: readonly string[]): Promise<string | null> {
  return (await readHostTextOrNull(join(...path)))?.trim() || null;
}

/** Entries of a directory, sorted as numbers are; none where it can't be read. */
export async function entriesOf(place: string): Promise<readonly string[]> {
  const names = await readdir(place).catch((): string[] => []);
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** Directories of the controllers below a subsystem's. */
export async function controllersOf(subsystem: string): Promise<readonly string[]> {
  const numbered = (await entriesOf(subsystem)).filter((name) => /^nvme\d+$/.test(name));
  const places = await Promise.all(numbered.map((name) => realpath(join(subsystem, name)).catch(() => null)));
  return places.filter((place) => place !== null);
}

/** Directories of the classes `nvme` and `nvme-subsystem`, links resolved. */
export async function membersOf(classPlace: string, pattern: RegExp): Promise<readonly string[]> {
  const names = (await entriesOf(classPlace)).filter((name) => pattern.test(name));
  const places = await Promise.all(names.map((name) => realpath(join(classPlace, name)).catch(() => null)));
  return places.filter((place) => place !== null);
}

/**
 * The namespaces that a controller has of its own: without native multipathing its disks (`nvme0n1`), with it hidden
 * devices, one for each path (`nvme0c1n1`).
 */
export async function ownNamespaces(controller: string): Promise<readonly OwnNamespace[]> {
  return (await entriesOf(controller)).flatMap((name) => {
    const [, subsystem, namespace] = /^nvme(\d+)(?:c\d+)?n(\d+)$/.exec(name) ?? [];
    if (subsystem === undefined || namespace === undefined) return [];
    return [{ place: join(controller, name), number: namespace, disk: `nvme${subsystem}n${namespace}` }];
  });
}

export interface OwnNamespace {
  readonly place: string;
  /** As in the disk's name; not the namespace's ID, which may differ. */
  readonly number: string;
  /** The device that files lie on. */
  readonly disk: string;
}

/** The namespaces that a subsystem has with native multipathing; none without. */
export async function sharedNamespaces(subsystem: string): Promise<readonly string[]> {
  const names = (await entriesOf(subsystem)).filter((name) => /^nvme\d+n\d+$/.test(name));
  return names.map((name) => join(subsystem, basename(name)));
}
