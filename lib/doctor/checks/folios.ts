import {
  atLeast,
  type KernelRelease,
  LARGE_FOLIOS_SINCE,
  parseKernelRelease,
  SINGLE_PAGES,
} from '../../host/index.ts';
import { type Finding, note, ok, warning } from '../finding.ts';
import type { FilesystemReading, Readings } from '../readings.ts';
import { count } from '../words.ts';
import { describe } from './filesystems.ts';
import { WHY } from './folio-effect.ts';

/** Whether a fill can get huge folios: the host's setting, each filesystem under the set, and what lies in the cache. */
export function checkFolios(readings: Readings): readonly Finding[] {
  const { native, set } = readings;
  const release = native.state === 'loaded' ? parseKernelRelease(native.features.kernelRelease) : null;
  const perFilesystem = (set?.filesystems ?? []).flatMap((filesystem) => ofFilesystem(filesystem, release));
  const cached =
    readings.hugePages === 'never'
      ? []
      : (set?.filesystems ?? []).flatMap((filesystem) => ofCache(filesystem, release));
  return [ofHost(readings), ...perFilesystem, ...cached];
}

function ofHost({ hugePages }: Readings): Finding {
  const file = '/sys/kernel/mm/transparent_hugepage/enabled';
  if (hugePages === null) {
    const evidence = `${file} couldn't be read: the kernel may lack huge pages. ${WHY}`;
    return note('huge-pages', "Whether huge pages are enabled isn't known", evidence);
  }
  if (hugePages === 'never') {
    const evidence = `${file} is never, so that fills get small folios. ${WHY}`;
    return warning('huge-pages', 'Huge pages are switched off', evidence, `echo madvise > ${file}`);
  }
  return ok('huge-pages', 'Fills may ask for huge folios', `${file} is ${hugePages}.`);
}

// Nothing tells whether a file can have large folios before it has some, so this one goes by the release and says so.
function ofFilesystem(filesystem: FilesystemReading, release: KernelRelease | null): readonly Finding[] {
  const name = filesystem.name ?? '';
  const where = describe(filesystem);
  if (SINGLE_PAGES.has(name))
    return [note('large-folios', `${name} keeps to small folios`, `${where}. ${WHY}`)];
  const since = LARGE_FOLIOS_SINCE[name];
  if (since === undefined) return [];
  const version = since.join('.');
  if (release === null) {
    const evidence = `${where}. ${name} has them from ${version} on; this kernel's release couldn't be read.`;
    return [note('large-folios', `Whether ${name} has large folios here isn't known`, evidence)];
  }
  const here = `${release.major}.${release.minor}.${release.patch}`;
  const evidence = `${where}. Judged by release: ${name} has them from ${version} on, this is ${here}.`;
  if (!atLeast(release, ...since)) {
    const title = `${name} on this kernel probably keeps to small folios`;
    return [note('large-folios', title, `${evidence} ${WHY}`, `Run a kernel from ${version} on.`)];
  }
  if (name === 'btrfs') {
    const built = 'Until 7.2 only kernels built with CONFIG_BTRFS_EXPERIMENTAL do.';
    return [note('large-folios', 'btrfs may have large folios', `${evidence} ${built}`)];
  }
  return [ok('large-folios', `${name} probably gets huge folios`, evidence)];
}

/** Files that lie in small folios now and needn't. */
function ofCache(filesystem: FilesystemReading, release: KernelRelease | null): readonly Finding[] {
  const { folios, name } = filesystem;
  if (folios === null || folios.known === 0) return [];
  const since = LARGE_FOLIOS_SINCE[name ?? ''];
  // Where large folios can't be had, that is the finding.
  if (since === undefined || release === null || !atLeast(release, ...since)) return [];
  const { known, small, example, estimated } = folios;
  const told = `${describe(filesystem)}, by ${estimated ? 'the time that cachestat takes' : '/proc/kpageflags'}`;
  if (small === 0 || example === null) {
    return [ok('cached-folios', 'Cached files lie in large folios', `${told}.`)];
  }
  return [
    warning(
      'cached-folios',
      `${count(small, 'cached file')} of ${known} in small folios, although large ones can be had`,
      `${told}: ${example}${small > 1 ? ' and others' : ''}. ${WHY}`,
      'warmset evict TARGETS && warmset warm TARGETS (what is cached already keeps its folios; stop its readers first, mapped pages stay).',
    ),
  ];
}
