import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './programs.ts';

const INSTALLED = '/opt/warmset';
const UNITS = `${INSTALLED}/deploy/systemd`;
const NAMES = ['warmset-keep@.service', 'warmset-once@.service', 'warmset.slice'] as const;

/** The units as they are shipped, on a systemd that never saw them. */
export async function installUnits(configuration: string, text: string): Promise<void> {
  for (const name of NAMES) await cp(path.join(UNITS, name), path.join('/etc/systemd/system', name));
  await mustRun('systemd-sysusers', path.join(UNITS, 'warmset.sysusers.conf'));
  // What npm's link comes to: one process, and Node is it.
  await writeFile(
    '/usr/local/bin/warmset',
    `#!/bin/sh\nexec ${process.execPath} ${INSTALLED}/dist/cli.js "$@"\n`,
  );
  await chmod('/usr/local/bin/warmset', 0o755);
  await mkdir('/etc/warmset', { recursive: true });
  await writeFile(`/etc/warmset/${configuration}.yaml`, text);
  await systemctl('daemon-reload');
}

export const systemctl = (...words: readonly string[]): Promise<string> => mustRun('systemctl', ...words);

/** A property as systemd has it now. */
export async function show(unit: string, property: string): Promise<string> {
  return (await systemctl('show', '--property', property, '--value', unit)).trim();
}

/** A line of a unit file, as it is written there. */
export async function written(unit: (typeof NAMES)[number], name: string): Promise<string> {
  const lines = (await readFile(path.join(UNITS, unit), 'utf8')).split('\n');
  const found = lines.find((line) => line.startsWith(`${name}=`));
  if (found === undefined) throw new Error(`${unit} has no ${name}=`);
  return found.slice(name.length + 1);
}
