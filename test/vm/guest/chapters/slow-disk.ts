import assert from 'node:assert/strict';
import { check } from '../checks.ts';
import type { DelayedDisk } from '../delayed-disk.ts';
import { withFill } from '../guarded-fill.ts';
import { evictAll } from './residency.ts';

const MIB = 2 ** 20;
// Far above what a read takes on an emulated processor whose host is busy.
const DELAY_MS = 600;

/** The delay of the disk changes while a fill reads from it. */
export async function slowDown(disk: DelayedDisk): Promise<void> {
  await check('the guard sees the disk become slow and fast again', async () => {
    await evictAll();
    return withFill({ guard: {}, rate: 2 * MIB }, async (seen) => {
      await seen('go', ({ action }) => action === 'go');
      await disk.delayReads(DELAY_MS);
      const held = await seen('slow or pause', ({ action }) => action !== 'go');
      await disk.delayReads(0);
      await seen('go again', ({ action }) => action === 'go');
      assert.ok(held.action !== 'go');
      assert.equal(held.reason.code, 'device-slow');
      return `${held.action}: ${held.reason.message}`;
    });
  });
}
