import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { cachestat } from '../../lib/native/index.ts';
import { evict, hold, oracle, PAGE_SIZE } from '../support/cache.ts';
import {
  cachestat as cachestatWorks,
  describeWith,
  ext4Loop,
  loopDevices,
  root,
} from '../support/capabilities.ts';
import { libraryChild } from '../support/library-child.ts';
import { measured } from '../support/measured.ts';
import { mountLoop } from '../support/mounts.ts';
import { writeRandomFile } from '../support/temp.ts';
import { blkioThrottle, throttled } from '../support/throttle.ts';

const PAGES = 4096;
const HALF = (PAGES / 2) * PAGE_SIZE;

describeWith(
  [root, cachestatWorks, ext4Loop, loopDevices, blkioThrottle],
  'reads that a cgroup holds back',
  () => {
    // They are not in flight by the device's own account, which looks quiet: only mincore knows.
    it('are not resident', async () => {
      await using mount = await mountLoop('ext4', 64 << 20);
      const file = mount.file('model');
      await writeRandomFile(file, 2 * HALF);
      await evict(file);
      await using _held = await hold('mlock', file, 0, HALF);
      await using cgroup = await throttled(mount.device, 4096);
      await using reader = await libraryChild({ wrap: cgroup.entering });
      await reader.call(
        `for (let offset = args.half; offset < 2 * args.half; offset += 131072)
        await native.fadvise(args.file, 'willneed', { offset, length: 131072 });`,
        { file, half: HALF },
      );
      expect((await cachestat(file)).cached).toBe(PAGES);
      const inFlight = await readFile(`/sys/block/${path.basename(mount.device)}/inflight`, 'utf8');
      expect(inFlight.trim().split(/\s+/)[0]).toBe('0');
      const before = await oracle(file);
      const answer = await measured(file);
      const after = await oracle(file);
      if (answer.state === 'unknown') throw new Error(answer.reason.message);
      expect(answer.source).toBe('mincore');
      expect(answer.residentPages).toBeGreaterThanOrEqual(before.resident);
      expect(answer.residentPages).toBeLessThanOrEqual(after.resident);
      expect(after.resident).toBeLessThan(PAGES);
      await cgroup.limit(0);
      await expect.poll(async () => (await oracle(file)).resident, { timeout: 10_000 }).toBe(PAGES);
    });
  },
);
