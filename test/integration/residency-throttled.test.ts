import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { evict } from '../../lib/fill/index.ts';
import { cachestat } from '../../lib/native/index.ts';
import { residency } from '../../lib/residency/index.ts';
import { resolveTargets } from '../../lib/targets/index.ts';
import { evict as evictFile, hold, oracle, PAGE_SIZE } from '../support/cache.ts';
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
      await evictFile(file);
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

    // Of so many only every second one is compared with mincore: one contradiction speaks for the others.
    it('are not resident in small files either, of which only some are looked at closely', async () => {
      const files = 2300;
      await using mount = await mountLoop('ext4', 64 << 20);
      await mkdir(mount.file('tree'));
      const names = Array.from({ length: files }, (_, at) => mount.file(`tree/${at}`));
      for (const name of names) await writeFile(name, Buffer.alloc(2 * PAGE_SIZE, 1));
      await using cgroup = await throttled(mount.device, 4096);
      const set = await resolveTargets([mount.file('tree')]);
      expect((await evict(set)).residentNow).toBe(0);
      await using reader = await libraryChild({ wrap: cgroup.entering });
      await reader.call(
        `for (const file of args.names) await native.fadvise(file, 'willneed', { offset: 0, length: args.length });`,
        { names, length: 2 * PAGE_SIZE },
      );
      expect((await cachestat(names[files - 1] ?? '')).cached).toBe(2);
      const { total } = await residency(set);
      expect(total.unknownFiles).toBe(0);
      // What has passed the throttle by now: next to nothing.
      expect(total.residentBytes).toBeLessThan((files / 10) * PAGE_SIZE);
      await cgroup.limit(0);
    }, 60_000);
  },
);
