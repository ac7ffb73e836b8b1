import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { listChanges } from '../../lib/change/index.ts';
import {
  applyOverlay,
  type OverlayStatus,
  planOverlay,
  readOverlayStatus,
  removeOverlay,
} from '../../lib/storage/overlay/index.ts';
import { choosePolicy } from '../../lib/storage/placement/index.ts';
import { bundle } from '../support/bundle.ts';
import {
  bindMount,
  btrfsLoop,
  describeWith,
  ext4Loop,
  itWith,
  nobody,
  overlayMount,
  root,
  tmpfsMount,
  userNamespace,
  xfsLoop,
} from '../support/capabilities.ts';
import { makeBase, makeCache, namesOf, treeOf } from '../support/layer-trees.ts';
import { type LayerSite, layerSite, siteAt } from '../support/layers.ts';
import { isMounted } from '../support/mount-table.ts';
import { bindReadOnly, type LoopMount, mountLoop, mountTmpfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { mustRun, NOBODY, run, start } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

const changes = ({ layer }: OverlayStatus) =>
  Object.fromEntries(layer.map(({ path, change }) => [path, change]));
const apply = (site: LayerSite) => applyOverlay(site.cache, site.options, site.change);
const refusals = async (path: string, options: LayerSite['options']) =>
  (await planOverlay(path, options)).checks
    .filter(({ verdict }) => verdict === 'refuse')
    .map(({ code }) => code);

const AFTERWARDS = [
  'empty',
  'fifo',
  'hub',
  'hub/.locks',
  'hub/.locks/later.lock',
  'hub/.locks/own.lock',
  'hub/mine',
  'hub/models--org--llama',
  'hub/models--org--llama/blobs',
  'hub/models--org--llama/blobs/w1',
  'hub/models--org--llama/blobs/w2',
  'hub/models--org--llama/snapshots',
  'hub/models--org--llama/snapshots/abc',
  'hub/models--org--llama/snapshots/abc/model.safetensors',
  'hub/new',
  'hub/shared.txt',
  'names with spaces, commas:\\and more',
  'names with spaces, commas:\\and more/ü',
  'socket',
  'triton',
  'triton/deep',
  'triton/deep/own',
];

const PLAN_AND_APPLY = `
  const [, library, path, options, directory] = process.argv;
  const layers = await import(library + '/storage-layers.js');
  const plan = await layers.planOverlay(path, JSON.parse(options));
  console.log('planned ' + plan.steps.length);
  await layers.applyOverlay(path, JSON.parse(options), { kinds: layers.STORAGE_STEPS, directory }).catch((error) =>
    console.log(error.code + ' ' + error.message));`;

describeWith([root, overlayMount, bindMount], 'storage overlay', () => {
  it('shows the base and what was there, keeps writes here, and gives the directory back', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    const { cache, base } = site;
    const [before, baseBefore] = [treeOf(cache), treeOf(base)];
    await apply(site);
    expect(await readFile(`${cache}/hub/models--org--qwen/blobs/q`, 'utf8')).toBe('qwen');
    expect(await readFile(`${cache}/hub/mine`, 'utf8')).toBe('mine');
    // Equal in size, not in content: the directory's own.
    expect(treeOf(`${cache}/hub/models--org--llama/blobs`).join()).not.toContain(
      treeOf(`${base}/hub/models--org--llama/blobs/w2`).join().split(' ').at(-1),
    );
    expect(await readdir(`${cache}/hub/.locks`)).toEqual(['own.lock']);
    expect(await readFile(`${cache}/triton/deep/kernel`, 'utf8')).toBe('kernel');
    await writeFile(`${cache}/hub/new`, 'new');
    await writeFile(`${cache}/triton/deep/own`, 'built here');
    await writeFile(`${cache}/hub/.locks/later.lock`, '');
    await writeFile(`${cache}/hub/shared.txt`, 'changed');
    await rm(`${cache}/hub/mine-too`);
    const status = await readOverlayStatus(cache, site.change);
    expect(status.mounts.map(({ mounted }) => mounted)).toEqual([true, true, true]);
    expect(status.aside.files).toBe(1);
    expect(status.drift).toEqual([]);
    expect(changes(status)).toMatchObject({
      'hub/new': 'own',
      'hub/shared.txt': 'copied-up',
      'hub/models--org--llama/blobs/w2': 'hides',
    });
    const { kept } = await removeOverlay(cache, site.change);
    expect(kept).toBeNull();
    expect(treeOf(base)).toEqual(baseBefore);
    const untouched = (lines: readonly string[]) =>
      lines.filter((line) => /w1|w2|fifo|socket|ü|empty|llama/.test(line));
    expect(untouched(treeOf(cache))).toEqual(untouched(before));
    expect(namesOf(cache)).toEqual(AFTERWARDS.toSorted());
    expect(await readFile(`${cache}/hub/shared.txt`, 'utf8')).toBe('changed');
    expect(existsSync(`${directory.path}/.cache.warmset`)).toBe(false);
  });

  it('leaves deleted what was deleted, and keeps what that was', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    const { cache } = site;
    await apply(site);
    await rm(`${cache}/hub/models--org--llama/blobs`, { recursive: true });
    await mkdir(`${cache}/hub/models--org--llama/blobs`);
    await writeFile(`${cache}/hub/models--org--llama/blobs/other`, 'other');
    await rm(`${cache}/hub/shared.txt`);
    expect(changes(await readOverlayStatus(cache, site.change))).toMatchObject({
      'hub/shared.txt': 'whiteout',
      'hub/models--org--llama/blobs': 'opaque',
    });
    const { kept } = await removeOverlay(cache, site.change);
    expect(await readdir(`${cache}/hub/models--org--llama/blobs`)).toEqual(['other']);
    expect(existsSync(`${cache}/hub/shared.txt`)).toBe(false);
    expect(kept).toBe(`${directory.path}/.cache.warmset/kept`);
    expect(namesOf(kept ?? '')).toContain('hub/models--org--llama/blobs/w1');
    // No attribute and no whiteout of overlayfs is left.
    const marks = await mustRun('getfattr', ['-R', '-h', '-d', '-m', 'overlay', '--absolute-names', cache]);
    expect(marks).toBe('');
    expect(await mustRun('find', [cache, '-type', 'c'])).toBe('');
  });

  it('brings a replaced file along, and keeps the one that was set aside', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    const weights = `${site.cache}/hub/models--org--llama/blobs/w1`;
    await apply(site);
    await writeFile(weights, 'another');
    const { kept } = await removeOverlay(site.cache, site.change);
    expect(await readFile(weights, 'utf8')).toBe('another');
    expect(namesOf(kept ?? '')).toContain('hub/models--org--llama/blobs/w1');
  });

  it('is applied once, refuses other wishes, and mounts again after mounts were lost', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    const first = await apply(site);
    expect((await apply(site)).id).toBe(first.id);
    const other = { ...site.options, least: 5 };
    await expect(applyOverlay(site.cache, other, site.change)).rejects.toMatchObject({
      code: 'WARMSET_CHANGE',
    });
    for (const at of [`${site.cache}/triton`, `${site.cache}/hub/.locks`, site.cache])
      await mustRun('umount', [at]);
    expect((await readOverlayStatus(site.cache, site.change)).mounts.map(({ mounted }) => mounted)).toEqual([
      false,
      false,
      false,
    ]);
    // What was written below the mount would vanish.
    await writeFile(`${site.cache}/stray`, '');
    await expect(apply(site)).rejects.toMatchObject({
      code: 'WARMSET_STORAGE',
      message: expect.stringContaining('stray'),
    });
    await rm(`${site.cache}/stray`);
    expect((await apply(site)).id).toBe(first.id);
    expect(await readFile(`${site.cache}/hub/shared.txt`, 'utf8')).toBe('shared');
    expect(await listChanges(site.change)).toHaveLength(1);
    await removeOverlay(site.cache, site.change);
  });

  it('pulls nothing away from a backend that writes, neither applied nor removed', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    const script = 'exec 3>>"$1/hub/log"; echo ready; while echo line >&3; do sleep 0.02; done';
    {
      await using writer = start('bash', ['-c', script, 'backend', site.cache]);
      await writer.saw(/ready/);
      const before = namesOf(directory.path);
      await expect(apply(site)).rejects.toMatchObject({
        code: 'WARMSET_CHANGE',
        message: expect.stringContaining(`(pid ${writer.pid}`),
      });
      expect(namesOf(directory.path).filter((name) => !name.startsWith('state'))).toEqual(before);
    }
    await apply(site);
    await using writer = start('bash', ['-c', script, 'backend', site.cache]);
    await writer.saw(/ready/);
    await expect(removeOverlay(site.cache, site.change)).rejects.toMatchObject({
      message: expect.stringContaining(`(pid ${writer.pid}`),
    });
    expect(isMounted(site.cache)).toBe(true);
    expect((await listChanges(site.change))[0]?.state).toBe('applied');
    await writer.stop();
    await removeOverlay(site.cache, site.change);
    expect(readFileSync(`${site.cache}/hub/log`, 'utf8').split('\n').length).toBeGreaterThan(1);
  });

  it('sees a container that has the directory under another name', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    await mkdir(directory.file('inside'));
    const script = 'mount --bind "$1" "$2"; cd /; echo ready; exec sleep 60';
    await using container = start('unshare', [
      '-m',
      'bash',
      '-c',
      script,
      'c',
      `${site.cache}/hub`,
      directory.file('inside'),
    ]);
    await container.saw(/ready/);
    await expect(apply(site)).rejects.toMatchObject({
      message: expect.stringContaining(`(pid ${container.pid}`),
    });
  });

  it('doesn’t touch the layer while another namespace still shows the overlay', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    await apply(site);
    await using container = start('unshare', [
      '-m',
      '--propagation',
      'private',
      'bash',
      '-c',
      'cd /; echo ready; exec sleep 60',
    ]);
    await container.saw(/ready/);
    await expect(removeOverlay(site.cache, site.change)).rejects.toMatchObject({
      message: expect.stringContaining('still the upper layer'),
    });
    expect(existsSync(`${directory.path}/.cache.warmset/aside/hub/models--org--llama/blobs/w1`)).toBe(true);
    await container.stop();
    await removeOverlay(site.cache, site.change);
    expect(namesOf(site.cache)).toContain('hub/models--org--llama/blobs/w1');
  });

  it('tells what changed in the base meanwhile, file by file', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    await apply(site);
    await writeFile(`${site.base}/hub/shared.txt`, 'another length');
    await writeFile(`${site.base}/hub/more`, '');
    await rm(`${site.base}/hub/models--org--qwen/blobs/q`);
    expect((await readOverlayStatus(site.cache, site.change)).drift).toEqual([
      { path: 'hub/models--org--qwen/blobs/q', change: 'removed' },
      { path: 'hub/more', change: 'added' },
      { path: 'hub/shared.txt', change: 'changed' },
    ]);
    await removeOverlay(site.cache, site.change);
  });

  it('refuses links, mount points, layers within each other, and content of another overlay', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    await symlink('cache', directory.file('link'));
    expect(await refusals(directory.file('link'), site.options)).toEqual(['path']);
    expect(await refusals(directory.file('missing'), site.options)).toEqual(['path']);
    expect(await refusals(site.cache, { ...site.options, lower: `${site.cache}/hub` })).toEqual(['nesting']);
    expect(await refusals(site.cache, { ...site.options, lower: directory.path })).toEqual(['nesting']);
    expect(await refusals(site.cache, { ...site.options, local: `${site.base}/local` })).toEqual(['nesting']);
    expect(await refusals(site.cache, { ...site.options, local: `${site.cache}/hub/local` })).toEqual([
      'nesting',
    ]);
    const bind = owned(await bindReadOnly(site.cache));
    expect(await refusals(bind.path, site.options)).toContain('path');
    // The same directory by another name.
    expect(await refusals(site.cache, { ...site.options, lower: `${bind.path}/hub` })).toEqual(['nesting']);
    await bind[Symbol.asyncDispose]();
    expect(await refusals(site.cache, { ...site.options, writableLower: false })).toEqual(['lower']);
    expect(
      await refusals(site.cache, { ...site.options, policy: choosePolicy({ local: ['hub/mine'] }) }),
    ).toEqual(['placement']);
    await mustRun('mknod', [`${site.cache}/hub/gone`, 'c', '0', '0']);
    expect(await refusals(site.cache, site.options)).toEqual(['marks']);
  });

  it('takes paths with commas, colons, backslashes and spaces, and refuses what mount can’t be told', async () => {
    await using directory = await temporaryDirectory('overlay');
    const at = directory.file('a,b:c\\d e%f');
    await mkdir(at);
    const site = await layerSite(at);
    await apply(site);
    expect(await readFile(`${site.cache}/hub/shared.txt`, 'utf8')).toBe('shared');
    expect((await readOverlayStatus(site.cache, site.change)).mounts.every(({ mounted }) => mounted)).toBe(
      true,
    );
    await removeOverlay(site.cache, site.change);
    const quoted = directory.file('a"b');
    await mkdir(quoted);
    const bad = await layerSite(quoted);
    await expect(planOverlay(bad.cache, bad.options)).rejects.toMatchObject({
      code: 'WARMSET_STORAGE',
      subject: expect.stringContaining('"'),
    });
  });

  it('lays over a base that is an upper layer itself, whiteouts and all', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    await mustRun('mknod', [`${site.base}/hub/hidden`, 'c', '0', '0']);
    await apply(site);
    expect(await readdir(`${site.cache}/hub`)).not.toContain('hidden');
    const before = namesOf(site.cache);
    await removeOverlay(site.cache, site.change);
    expect(before).toContain('hub/mine');
    expect(namesOf(site.cache)).not.toContain('hub/hidden');
  });

  itWith(
    [nobody, userNamespace],
    'says before anything is done that mounting needs root, and plans without it',
    async () => {
      await using directory = await temporaryDirectory('overlay');
      const site = await layerSite(directory.path);
      const before = namesOf(directory.path);
      const { options, cache } = site;
      const words = [
        pathToFileURL(await bundle()).href,
        cache,
        JSON.stringify(options),
        directory.file('state'),
      ];
      const node = [process.execPath, '--input-type=module', '--eval', PLAN_AND_APPLY, ...words];
      const stranger = await run(process.execPath, node.slice(1), { uid: NOBODY });
      expect(stranger.stdout).toMatch(
        /^planned \d\d\nWARMSET_STORAGE mounting needs root, and this process runs as user 65534/,
      );
      const rootless = await run('unshare', ['--user', '--map-root-user', ...node]);
      expect(rootless.stdout).toMatch(
        /^planned \d\d\nWARMSET_STORAGE this process lives in a user namespace/,
      );
      const bare = await run('setpriv', ['--bounding-set=-sys_admin', '--inh-caps=-sys_admin', ...node]);
      expect(bare.stdout).toMatch(
        /^planned \d\d\nWARMSET_STORAGE this process is root without CAP_SYS_ADMIN/,
      );
      expect(namesOf(directory.path)).toEqual(before);
    },
  );

  it('keeps its units with the mounts and takes them away again', async () => {
    await using directory = await temporaryDirectory('overlay');
    const site = await layerSite(directory.path);
    await mkdir(directory.file('etc'));
    writeFileSync(directory.file('etc/fstab'), '# own line\n/dev/x /x ext4 defaults 0 0');
    const places = { unitDirectory: directory.file('etc/units'), fstab: directory.file('etc/fstab') };
    await applyOverlay(site.cache, { ...site.options, persist: 'fstab', places }, site.change);
    const text = readFileSync(directory.file('etc/fstab'), 'utf8');
    expect(text.split('\n')).toHaveLength(6);
    const verified = await run('findmnt', ['--verify', '--tab-file', directory.file('etc/fstab')]);
    expect(verified.stdout).not.toMatch(/parse error/);
    await removeOverlay(site.cache, site.change);
    expect(readFileSync(directory.file('etc/fstab'), 'utf8').trimEnd()).toBe(
      '# own line\n/dev/x /x ext4 defaults 0 0',
    );
    await applyOverlay(site.cache, { ...site.options, persist: 'systemd', places }, site.change);
    expect((await readdir(places.unitDirectory)).filter((name) => name.endsWith('.mount'))).toHaveLength(3);
    await removeOverlay(site.cache, site.change);
    expect(existsSync(places.unitDirectory)).toBe(false);
  });
});

describeWith(
  [root, overlayMount, xfsLoop, btrfsLoop, ext4Loop, tmpfsMount],
  'an overlay on other filesystems',
  () => {
    const loops = [
      ['ext4', () => mountLoop('ext4', 64 << 20)],
      ['xfs', () => mountLoop('xfs')],
      ['btrfs', () => mountLoop('btrfs', 256 << 20)],
      ['tmpfs', () => mountTmpfs()],
    ] as const;
    for (const [name, open] of loops) {
      it(`takes ${name} below, over a base on a read-only mount, and gives the tree back`, async () => {
        await using mount = await open();
        await using lower = await mountLoop('ext4', 64 << 20);
        await makeBase(lower.path);
        await mustRun('mount', ['-o', 'remount,ro', lower.path]);
        await mkdir(mount.file('cache'));
        await makeCache(mount.file('cache'));
        const site = siteAt(mount.path, mount.file('cache'), lower.path);
        const options = { ...site.options, writableLower: false };
        const before = treeOf(site.cache);
        await applyOverlay(site.cache, options, site.change);
        expect((await readOverlayStatus(site.cache, site.change)).aside.files).toBe(1);
        await removeOverlay(site.cache, site.change);
        expect(treeOf(site.cache)).toEqual(before);
      });
    }

    itWith(btrfsLoop, 'copies seeds as reflinks where base and layer lie on one btrfs', async () => {
      await using mount: LoopMount = await mountLoop('btrfs', 256 << 20);
      const site = await layerSite(mount.path);
      await mustRun('dd', [
        'if=/dev/urandom',
        `of=${site.base}/triton/large`,
        'bs=1M',
        'count=8',
        'status=none',
      ]);
      await apply(site);
      const extents = await mustRun('filefrag', ['-v', `${site.cache}/triton/large`]);
      expect(extents).toContain('shared');
      await removeOverlay(site.cache, site.change);
    });

    it('refuses a read-only upper, and one on another filesystem than the content', async () => {
      await using mount = await mountTmpfs();
      await using directory = await temporaryDirectory('overlay');
      const site = await layerSite(directory.path);
      expect(await refusals(site.cache, { ...site.options, local: mount.file('local') })).toEqual(['local']);
      const second = await layerSite(mount.path, directory.file('other'));
      await mustRun('mount', ['-o', 'remount,ro', mount.path]);
      expect(await refusals(second.cache, second.options)).toEqual(['upper']);
      await rename(directory.file('other'), directory.file('another'));
    });
  },
);
