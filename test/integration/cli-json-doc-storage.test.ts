import { execFileSync } from 'node:child_process';
import { copyFile, link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { mirrorJson } from '../../lib/cli/json-contract-mirror.ts';
import { storageInspectJson } from '../../lib/cli/json-contract-storage.ts';
import { stringifyJson } from '../../lib/cli/render/json.ts';
import { PLAIN } from '../../lib/cli/render/terminal.ts';
import { mirror } from '../../lib/storage/mirror/index.ts';
import {
  bindMount,
  describeWith,
  fuse,
  loopDevices,
  overlayMount,
  root,
  xfsLoop,
} from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { DOCUMENT_GROUPS } from '../support/document-groups.ts';
import { documents } from '../support/documents.ts';
import { INSPECTED } from '../support/inspected.ts';
import { killedAt, layerSite } from '../support/layers.ts';
import { mountLoop, mountOverlay, mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { mustRun, run } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const storage = async (...words: readonly string[]) =>
  json(await cli(['storage', ...words, '--json'], { timeoutMs: 30_000 }));
const asRead = (document: object) => JSON.parse(stringifyJson(PLAIN, document)) as Record<string, unknown>;

describeWith([root, xfsLoop, overlayMount, bindMount, loopDevices, fuse], 'docs/json.md', () => {
  it('describes where bytes live, and which are there twice', async () => {
    const mount = owned(await mountLoop('xfs'));
    await writeRandomFile(mount.file('a.bin'), 2 << 20, 1);
    await copyFile(mount.file('a.bin'), mount.file('b.bin'));
    const overlay = owned(await mountOverlay(mount.path));
    const daemon = owned(await mountSlowfs(mount.path));
    const missing = mount.file('missing');
    await storage('inspect', overlay.path, daemon.path, missing);
    await storage('footprint', mount.path, missing);
  });

  it('describes devices that this machine has not', () => {
    documents.check(asRead(storageInspectJson([INSPECTED])));
  });

  it('describes overlays, and what became of a crash', async () => {
    await using directory = await temporaryDirectory('json-overlay');
    const site = await layerSite(directory.path);
    const { cache, base } = site;
    const state = ['--state', directory.file('state')];
    const lower = ['--lower', base, '--writable-lower', ...state];
    const overlay = (action: string, ...more: readonly string[]) =>
      storage('overlay', action, cache, ...more, ...state);
    await storage('overlay', 'plan', cache, '--lower', base, ...state);
    await overlay('plan', ...lower);
    await overlay('apply', ...lower);
    await rm(`${cache}/hub/shared.txt`);
    await writeFile(`${base}/late`, '');
    for (const action of ['status', 'diff', 'remove']) await overlay(action);
    expect((await killedAt(site, 'apply', 7.5)).signal).toBe('SIGKILL');
    await storage('recover', '--list', ...state);
    await storage('recover', ...state);
  });

  it('describes bind mounts', async () => {
    await using directory = await temporaryDirectory('json-bind');
    const { cache, base } = await layerSite(directory.path);
    const state = ['--state', directory.file('state')];
    for (const action of ['plan', 'apply', 'status', 'remove']) {
      const shared = action === 'plan' || action === 'apply' ? ['--shared', base] : [];
      await storage('bind', action, cache, ...shared, ...state);
      if (action === 'apply') await storage('inspect', `${cache}/hub`);
    }
  });

  it('describes a mirror, its plan, and where it stands in', async () => {
    const mount = owned(await mountLoop('xfs'));
    const [from, to, at] = [mount.file('from'), mount.file('to'), mount.file('at')];
    const state = ['--state', mount.file('state')];
    await mkdir(`${from}/deep`, { recursive: true });
    await mkdir(to);
    for (const name of ['a', 'b', 'c', 'deep/d']) await writeRandomFile(`${from}/${name}`, 1 << 16, 2);
    await link(`${from}/a`, `${from}/a2`);
    await symlink('a', `${from}/s`);
    await copyFile(`${from}/b`, `${to}/b`);
    await writeFile(`${to}/c`, 'of somebody else');
    await storage('mirror', from, to, '--dry-run');
    await storage('mirror', from, to);
    await rm(`${from}/deep/d`);
    await storage('mirror', from, to, '--dry-run');
    await storage('mirror', from, to);
    await symlink(from, at);
    await storage('mirror', from, to, '--overwrite', '--delete');
    for (const words of [['--switch', at, '--dry-run'], ['--switch', at], ['--status'], ['--stop']])
      await storage('mirror', from, to, ...words, ...state);
    await storage('mirror', from, to, '--switch-back', at, ...state);
  });

  it('describes a mirror that could not have everything, and one that was held back', async () => {
    await using directory = await temporaryDirectory('json-mirror');
    const from = directory.file('from');
    await mkdir(from);
    await writeRandomFile(`${from}/a`, 1 << 20, 3);
    const broken = owned(await mountSlowfs(from, { faults: { eioFrom: 0 } }));
    await storage('mirror', broken.path, directory.file('broken'));
    await storage('mirror', from, directory.file('small'), '--max-bytes', '64KiB');
    const result = await mirror(from, directory.file('held'));
    const lastReason = { code: 'others-read', message: 'reads a second are not ours' } as const;
    const guard = { goSeconds: 1, slowSeconds: 1, pauseSeconds: 0, lastReason };
    documents.check(asRead(mirrorJson({ ...result, guard })));
  });

  it('describes schedulers', async () => {
    await using directory = await temporaryDirectory('json-scheduler');
    const image = directory.file('image');
    execFileSync('truncate', ['-s', '1M', image]);
    const disk = (await mustRun('losetup', ['--find', '--show', image])).trim();
    const state = ['--state', directory.file('state')];
    try {
      const { devices } = await storage('scheduler', disk, ...state);
      const [{ available, scheduler }] = devices as [{ available: string[]; scheduler: string }];
      const other = available.find((name) => name !== scheduler) ?? '';
      const set = ['--set', other, '--keep', ...state];
      await storage('scheduler', disk, ...set, '--dry-run');
      await storage('scheduler', disk, ...set);
      await storage('scheduler', disk, ...state);
      await storage('scheduler', disk, '--restore', ...state);
    } finally {
      await run('losetup', ['--detach', disk]);
    }
  });

  it('and nothing that never comes', () => {
    expect(documents.neverCame(DOCUMENT_GROUPS.storage)).toEqual([]);
  });
});
