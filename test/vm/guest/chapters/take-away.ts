import assert from 'node:assert/strict';
import { check } from '../checks.ts';
import type { DelayedDisk } from '../delayed-disk.ts';
import { controllerStates } from '../initiator.ts';
import { CACHE, EXPORTED } from '../places.ts';
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
  await check('nothing of it is left once all is taken away', async () => {
    for (const mounted of [CACHE, EXPORTED]) await mustRun('umount', mounted);
    await disk.remove();
    const { applied } = await warmset<Disconnected>('nvmeof', 'disconnect', NQN, '--apply');
    assert.equal(applied, true);
    assert.deepEqual(await controllerStates(), {});
    assert.notEqual((await run('dmsetup', 'info', 'delayed')).code, 0);
    return undefined;
  });
}
