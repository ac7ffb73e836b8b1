import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';
import { type Container, prepareContainer } from './nspawn.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const UNITS = path.join(ROOT, 'deploy/systemd');

/** A host with systemd and the program, not booted yet. */
export async function prepareBareHost(): Promise<Container> {
  const container = await prepareContainer();
  try {
    const link = path.join(container.root, 'usr/local/bin/warmset');
    const program = path.join('/opt/warmset', path.relative(ROOT, await bundle()), 'cli.js');
    // What npm's link comes to: one process, and Node is it.
    await writeFile(link, `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
    await chmod(link, 0o755);
    return container;
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same with the units installed. */
export async function prepareHost(): Promise<Container> {
  const container = await prepareBareHost();
  try {
    const at = (...names: string[]): string => path.join(container.root, ...names);
    for (const name of ['warmset-keep@.service', 'warmset-once@.service', 'warmset.slice']) {
      await cp(path.join(UNITS, name), at('etc/systemd/system', name));
    }
    await cp(path.join(UNITS, 'warmset.sysusers.conf'), at('usr/lib/sysusers.d/warmset.conf'));
    await mkdir(at('etc/warmset'));
    return container;
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw error;
  }
}

/** Boots it with this directory of the disk as `/models`, and this checkout as `/opt/warmset`. */
export async function bootHost(container: Container, models: string): Promise<void> {
  await container.boot({ '/opt/warmset': ROOT, '/models': models });
}

/** Puts an example's drop-in, or any file, below `/etc/systemd/system`. */
export async function addDropIn(container: Container, name: string, text?: string): Promise<void> {
  const to = path.join(container.root, 'etc/systemd/system', name);
  await mkdir(path.dirname(to), { recursive: true });
  if (text === undefined) await cp(path.join(UNITS, 'examples', name), to);
  else await writeFile(to, text);
}
