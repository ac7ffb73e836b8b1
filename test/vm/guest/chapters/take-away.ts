import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { check } from '../checks.ts';
import type { DelayedDisk } from '../delayed-disk.ts';
import type { OverlayDocument } from '../documents.ts';
import { controllerStates } from '../initiator.ts';
import { CACHE, EXPORTED, MODEL } from '../places.ts';
import { mustRun, run, warmset } from '../programs.ts';
import { NQN } from '../target.ts';

interface Disconnected {
  readonly applied: boolean;
}

export async function takeAway(disk: DelayedDisk): Promise<void> {
  await check('nvmeof disconnect refuses while the file system is mounted', async () => {
    await warmset<object>('nvmeof', 'disconnect', NQN, '--apply').catch(() => undefined);
    assert.deepEqual(await controllerStates(), { 4420: 'live', 4421: 'live' });
    return undefined;
  });
  await check('storage overlay remove gives the directory back, with what was written since', async () => {
    const { change } = await warmset<OverlayDocument>('storage', 'overlay', 'remove', CACHE);
    assert.equal(change.state, 'removed');
    assert.equal(await readFile(`${CACHE}/mine`, 'utf8'), 'there before\n');
    assert.match(await readFile(`${MODEL}/config.json`, 'utf8'), /changed/);
    assert.ok(!(await readFile('/proc/self/mountinfo', 'utf8')).includes(' overlay '));
    return undefined;
  });
  await check('nothing of it is left once all is taken away', async () => {
    await mustRun('umount', EXPORTED);
    await disk.remove();
    const { applied } = await warmset<Disconnected>('nvmeof', 'disconnect', NQN, '--apply');
    assert.equal(applied, true);
    assert.deepEqual(await controllerStates(), {});
    assert.notEqual((await run('dmsetup', 'info', 'delayed')).code, 0);
    return undefined;
  });
}
