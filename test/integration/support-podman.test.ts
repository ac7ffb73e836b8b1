import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { containers, describeWith, root } from '../support/capabilities.ts';
import { importWarmset, WARMSET_IMAGE } from '../support/container-image.ts';
import { mountTable } from '../support/mount-table.ts';
import { type Podman, startPodman } from '../support/podman.ts';

describeWith([root, containers], 'a podman for tests', () => {
  let podman: Podman;
  beforeAll(async () => {
    podman = await startPodman();
    await importWarmset(podman);
  });
  afterAll(async () => void (await podman?.[Symbol.asyncDispose]()));

  it('runs the program as the image says', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await podman.mustRun(['run', '--rm', WARMSET_IMAGE, '--version'])).toContain(version);
    const id = ['run', '--rm', '--entrypoint', 'id', WARMSET_IMAGE];
    expect(await podman.mustRun(id)).toMatch(/^uid=65532 gid=0/);
  });

  it('keeps its containers, mounts and cgroups to itself, and takes them along', async () => {
    const other = await startPodman();
    const at = other.file('storage');
    let init = '';
    try {
      await importWarmset(other);
      const id = (await other.mustRun(['run', '-d', '--entrypoint', 'sleep', WARMSET_IMAGE, '60'])).trim();
      const pid = await other.mustRun(['inspect', '--format', '{{.State.Pid}}', id]);
      expect(await other.mustRunProgram('cat', [`/proc/${pid.trim()}/comm`])).toBe('sleep\n');
      expect(mountTable().filter((entry) => entry.path.startsWith(at))).toEqual([]);
      expect(await podman.mustRun(['ps', '--all', '--quiet'])).toBe('');
      init = id;
      expect(cgroupsOf(init)).not.toEqual([]);
    } finally {
      await other[Symbol.asyncDispose]();
    }
    expect(existsSync(at)).toBe(false);
    expect(cgroupsOf(init)).toEqual([]);
  });
});

function cgroupsOf(id: string): readonly string[] {
  const controllers = readdirSync('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}`);
  const all = ['/sys/fs/cgroup', ...controllers].map((base) => `${base}/libpod_parent/libpod-${id}`);
  return all.filter((directory) => existsSync(directory));
}
