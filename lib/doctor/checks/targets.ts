import { formatBytes } from '../../units.ts';
import { type Finding, note, ok, problem, warning } from '../finding.ts';
import type { Readings } from '../readings.ts';
import { count, list } from '../words.ts';

/** Whether there is anything to warm, and what of the targets couldn't be used. */
export function checkTargets({ set }: Readings): readonly Finding[] {
  if (set === null) {
    const evidence = 'Files, their mounts and disks, and what the set needs of memory were not looked at.';
    return [note('no-set', 'No targets were given', evidence, 'Name the targets to have them looked at.')];
  }
  const { files, failures, skipped, size } = set.set;
  const findings: Finding[] = [];
  if (files.length === 0) {
    const links = skipped.danglingLinks > 0 ? `, ${count(skipped.danglingLinks, 'dangling link')}` : '';
    const evidence = `The targets resolved to 0 files and ${count(failures.length, 'failure')}${links}.`;
    findings.push(problem('set-empty', 'The targets hold no files', evidence, 'Check the names.'));
  } else if (size === 0) {
    const evidence = `${count(files.length, 'file')} of 0 bytes together.`;
    findings.push(note('set-of-no-bytes', 'The files are all empty: nothing to warm', evidence));
  } else {
    findings.push(ok('set', `${count(files.length, 'file')}, ${formatBytes(size)}`, 'The targets resolved.'));
  }
  const [first] = failures;
  if (first !== undefined) {
    const reasons = failures.map(({ path, message }) => `${path}: ${message}`);
    const title = `${count(failures.length, 'part')} of the targets couldn't be used`;
    findings.push(warning('targets-unusable', title, list(reasons), first.remedy));
  }
  if (files.length > 0 && skipped.danglingLinks > 0) {
    const title = `${count(skipped.danglingLinks, 'dangling link')} below the targets`;
    const evidence = 'They were left out; in a model cache they mean an unfinished download.';
    findings.push(note('dangling-links', title, evidence));
  }
  return findings;
}
