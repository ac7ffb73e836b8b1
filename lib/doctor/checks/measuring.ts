import { formatCount } from '../../units.ts';
import { type Finding, note, ok, problem, warning } from '../finding.ts';
import type { Readings, UnknownGroup } from '../readings.ts';
import { count } from '../words.ts';

/** Whether the caller may be told what is resident: of the set's files, or in general where no set is given. */
export function checkMeasuring(readings: Readings): readonly Finding[] {
  const { set } = readings;
  if (set === null) return [ofCaller(readings)];
  if (set.measured === null || set.set.files.length === 0) return [];
  const { files, unknown } = set.measured;
  // What a filesystem without a page cache means is said once, by the check of filesystems.
  const groups = unknown.filter(({ code }) => code !== 'no-page-cache');
  if (groups.length > 0) return groups.map((group) => ofUnknown(group, files));
  const elsewhere = unknown.reduce((total, group) => total + group.files, 0);
  if (elsewhere === files) return [];
  const evidence = `cachestat or mincore could be asked and believed for ${formatCount(files - elsewhere)} of ${count(files, 'file')}.`;
  return [ok('may-measure', "The files' residency can be measured", evidence)];
}

function ofUnknown({ code, message, remedy, files, example }: UnknownGroup, all: number): Finding {
  const title = `Residency is unknown for ${formatCount(files)} of ${count(all, 'file')} (${code})`;
  const evidence = `${message} For example ${example}.`;
  const write = code === 'replaced' ? note : files === all ? problem : warning;
  return write(`residency-${code}`, title, evidence, remedy);
}

function ofCaller({ euid, capabilities }: Readings): Finding {
  const who = euid === null ? 'an unknown user' : `uid ${euid}`;
  if (capabilities === null) {
    const evidence = `Running as ${who}; CapEff of /proc/self/status could not be read.`;
    return note('may-measure', "Whose files may be measured isn't known", evidence);
  }
  if (capabilities.has('CAP_FOWNER')) {
    const evidence = `Running as ${who} with CAP_FOWNER (/proc/self/status).`;
    return ok('may-measure', 'The residency of any file may be measured', evidence);
  }
  return note(
    'may-measure',
    `Only files that ${who} owns or may write can be measured`,
    `Running as ${who} without CAP_FOWNER (/proc/self/status). For other files mincore reports every page resident and cachestat answers EPERM, so their residency is unknown.`,
    "Run as the files' owner or with CAP_FOWNER.",
  );
}
