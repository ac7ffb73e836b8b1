import { readFileSync } from 'node:fs';
import { cp, mkdir, realpath, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';
import type { Podman } from './podman.ts';
import { mustRun } from './run.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where the recipe of the image lies. */
export const CONTAINERFILE = path.join(ROOT, 'deploy/image/Containerfile');
/** A small Debian with this machine's Node and what shell scripts need. */
export const BASE_IMAGE = 'localhost/base:test';
/** The program in it, with the last stage's instructions of the Containerfile, but without having been built by it. */
export const WARMSET_IMAGE = 'localhost/warmset:test';

const PROGRAMS = ['sh', 'chown', 'env', 'cat', 'ls', 'id', 'ps', 'stat', 'sleep', 'touch', 'mkdir', 'grep'];

/** Makes {@link BASE_IMAGE} of this machine's files: no registry and no mirror is asked. */
export async function importBase(podman: Podman): Promise<void> {
  const root = podman.file('base');
  await makeBase(root);
  await importRoot(podman, root, BASE_IMAGE, []);
  await rm(root, { recursive: true });
}

/** Makes {@link WARMSET_IMAGE} in two seconds, of the library and the addon as tests use them. */
export async function importWarmset(podman: Podman): Promise<void> {
  const root = podman.file('root');
  await makeBase(root);
  const to = path.join(root, 'opt/warmset');
  await cp(await bundle(), path.join(to, 'dist'), { recursive: true });
  const addon = process.env.WARMSET_ADDON ?? path.join(ROOT, 'build/Release/warmset.node');
  await cp(addon, path.join(to, 'build/Release/warmset.node'));
  await cp(path.join(path.dirname(addon), 'warmset-wait'), path.join(to, 'build/Release/warmset-wait'));
  for (const name of ['package.json', ...productionPackages()]) {
    await cp(path.join(ROOT, name), path.join(to, name), { recursive: true });
  }
  await mustRun('chmod', ['755', path.join(to, 'dist/cli.js')]);
  await symlink('/opt/warmset/dist/cli.js', path.join(root, 'usr/bin/warmset'));
  await mustRun('install', ['-d', '-o', '65532', '-g', '0', '-m', '775', ...stateOf(root)]);
  await importRoot(podman, root, WARMSET_IMAGE, lastStage());
  await rm(root, { recursive: true });
}

/**
 * Makes {@link WARMSET_IMAGE} by the Containerfile, without a network: this machine's compilers, and the packages of the
 * checkout. A minute, most of it the compiler's.
 */
export async function buildWarmset(podman: Podman): Promise<void> {
  await importBase(podman);
  const sources = ['--volume', '/usr:/usr:ro', '--build-context', `packages=${ROOT}`];
  const names = ['--build-arg', `NODE_IMAGE=${BASE_IMAGE}`, '--tag', WARMSET_IMAGE, '--file', CONTAINERFILE];
  const labels = ['--build-arg', 'VERSION=1.2.3', '--build-arg', 'REVISION=abc'];
  const args = ['build', '--layers=false', '--network=none', ...sources, ...names, ...labels, ROOT];
  await podman.mustRun(args, { timeoutMs: 580_000 });
}

const stateOf = (root: string): readonly string[] => [`${root}/run/warmset`, `${root}/var/lib/warmset`];

/** Paths in the checkout, `node_modules/NAME`, of what npm installs without its development dependencies. */
export function productionPackages(): readonly string[] {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
  };
  const needed = Object.entries(lock.packages).filter(([, { dev, optional }]) => !dev && !optional);
  return needed.map(([name]) => name).filter((name) => name !== '');
}

/** What the image's last stage says of how it is run, as `podman import --change` takes it. */
function lastStage(): readonly string[] {
  const lines = readFileSync(CONTAINERFILE, 'utf8').split('\n');
  const from = lines.findLastIndex((line) => line.startsWith('FROM '));
  return lines.slice(from).filter((line) => /^(ENV|USER|WORKDIR|ENTRYPOINT) /.test(line));
}

async function makeBase(root: string): Promise<void> {
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    await mkdir(path.join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, path.join(root, name));
  }
  for (const name of ['dev', 'etc', 'proc', 'sys', 'tmp', 'run', 'var/lib', 'opt']) {
    await mkdir(path.join(root, name), { recursive: true });
  }
  await mustRun('chmod', ['1777', path.join(root, 'tmp')]);
  await copyProgram(root, process.execPath, 'node');
  for (const name of PROGRAMS) await copyProgram(root, `/usr/bin/${name}`, name);
}

/** With the libraries that the loader would look for, at the places where it would look. */
async function copyProgram(root: string, program: string, name: string): Promise<void> {
  await cp(await realpath(program), path.join(root, 'usr/bin', name));
  const libraries = (await mustRun('ldd', [program])).matchAll(/(?<=\s)\/\S+/g);
  for (const [library] of libraries) {
    const at = library.startsWith('/usr/') ? library : `/usr${library}`;
    await cp(await realpath(library), path.join(root, at), { force: false });
  }
}

async function importRoot(
  podman: Podman,
  root: string,
  name: string,
  instructions: readonly string[],
): Promise<void> {
  const changes = instructions.flatMap((line) => ['--change', line]);
  const script = 'root=$1; shift; tar -C "$root" -c . | podman import --quiet "$@"';
  await podman.mustRunProgram('sh', ['-ec', script, 'sh', root, ...changes, '-', name]);
}
