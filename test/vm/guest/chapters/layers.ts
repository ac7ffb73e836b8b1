import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { check } from '../checks.ts';
import { DelayedDisk } from '../delayed-disk.ts';
import type { InspectDocument, OverlayDocument } from '../documents.ts';
import { CACHE, EXPORTED, LOCAL, MODEL, SHARED } from '../places.ts';
import { mustRun, run, warmset } from '../programs.ts';
import { NQN } from '../target.ts';

/** The exported file system, read-only over a disk whose delay can be set, and an overlay of it at a backend's path. */
export async function layCache(disk: string): Promise<DelayedDisk> {
  const delayed = await DelayedDisk.make(disk);
  for (const directory of [EXPORTED, CACHE]) await mkdir(directory, { recursive: true });
  await mustRun('mount', '-t', 'ext4', '-o', 'ro,noload', delayed.device, EXPORTED);
  await writeFile(`${CACHE}/mine`, 'there before\n');

  const laid = await check(
    'storage overlay apply lays the shared base under the backend’s path, which keeps what it had',
    async () => {
      const where = ['--lower', SHARED, '--local', LOCAL];
      const { change } = await warmset<OverlayDocument>('storage', 'overlay', 'apply', CACHE, ...where);
      assert.equal(change.state, 'applied');
      assert.equal(await readFile(`${CACHE}/mine`, 'utf8'), 'there before\n');
      assert.deepEqual(await readdir(MODEL), await readdir(`${SHARED}/tiny`));
      return undefined;
    },
  );
  if (!laid) throw new Error(`nothing lies at ${CACHE}`);

  await check('storage inspect goes from the backend’s path down to both controllers', async () => {
    const [inspected] = (await warmset<InspectDocument>('storage', 'inspect', MODEL)).paths;
    assert.ok(inspected);
    const { places, devices } = inspected;
    assert.equal(places[0]?.filesystem.name, 'overlay');
    const lower = places.find(({ role }) => role === 'lower');
    const mapped = devices.find(({ name }) => name === lower?.device);
    assert.equal(mapped?.kind, 'device-mapper');
    const namespace = devices.find(({ name }) => mapped.members.includes(name));
    assert.equal(`/dev/${namespace?.name}`, disk);
    assert.equal(namespace?.nvme?.subsystem, NQN);
    assert.deepEqual(
      namespace.nvme.paths.map(({ transport, state }) => [transport, state]),
      [
        ['tcp', 'live'],
        ['tcp', 'live'],
      ],
    );
    const services = namespace.nvme.paths.map(({ address }) => /trsvcid=(\d+)/.exec(address ?? '')?.[1]);
    assert.deepEqual(services.sort(), ['4420', '4421']);
    return `${places.length} places, ${devices.length} devices`;
  });
  await check('what the backend writes is local, and the shared base stays as it was', async () => {
    await writeFile(`${MODEL}/config.json`, '{"changed":true}\n');
    assert.match(await readFile(`${SHARED}/tiny/config.json`, 'utf8'), /llama/);
    const { mounts, upper } = await warmset<OverlayDocument>('storage', 'overlay', 'status', CACHE);
    assert.ok(mounts.length > 0 && mounts.every(({ mounted }) => mounted));
    assert.match(await readFile(`${upper}/tiny/config.json`, 'utf8'), /changed/);
    assert.notEqual((await run('touch', `${SHARED}/tiny/new`)).code, 0);
    return undefined;
  });
  return delayed;
}
