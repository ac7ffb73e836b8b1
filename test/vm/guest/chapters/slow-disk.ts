import assert from 'node:assert/strict';
import { HostGuard, warm } from '../../../../lib/fill/index.ts';
import type { Verdict } from '../../../../lib/guard/index.ts';
import { resolveTargets } from '../../../../lib/targets/index.ts';
import { check, until } from '../checks.ts';
import type { DelayedDisk } from '../delayed-disk.ts';
import { evictAll, through } from './residency.ts';

const MIB = 2 ** 20;
const DELAY_MS = 120;

/** The delay of the disk changes while a fill reads from it. */
export async function slowDown(disk: DelayedDisk): Promise<void> {
  await check('the guard sees the disk become slow and fast again', async () => {
    await evictAll();
    const seen: Verdict[] = [];
    const guard = new HostGuard({ onVerdict: (verdict) => void seen.push(verdict) });
    const stop = new AbortController();
    const filling = warm(await resolveTargets(through), { guard, rate: 2 * MIB, signal: stop.signal });
    await until(
      'the fill',
      () => seen.length,
      (count) => count > 4,
    );
    assert.deepEqual([...new Set(seen.map(({ action }) => action))], ['go']);
    await disk.delayReads(DELAY_MS);
    const held = await until(
      'verdict',
      () => seen.at(-1),
      (verdict) => verdict?.action !== 'go',
    );
    await disk.delayReads(0);
    await until(
      'verdict',
      () => seen.at(-1)?.action,
      (action) => action === 'go',
    );
    stop.abort();
    const { guard: summary } = await filling;
    assert.ok(held !== undefined && held.action !== 'go');
    assert.equal(held.reason.code, 'device-slow');
    assert.equal(summary?.lastReason?.code, 'device-slow');
    return `${held.action}: ${held.reason.message}`;
  });
}
