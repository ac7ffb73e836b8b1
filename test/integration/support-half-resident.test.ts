import { expect, it } from 'vitest';
import { evict, makePagesResident, oracle, PAGE_SIZE, pageRuns } from '../support/cache.ts';
import {
  btrfsLoop,
  cc,
  describeWith,
  ext4Loop,
  fuse,
  overlayMount,
  type root,
  xfsLoop,
} from '../support/capabilities.ts';
import { readBy, sha256 } from '../support/file-content.ts';
import { type LoopFilesystem, type Mount, mountLoop, mountOverlay, mountSlowfs } from '../support/mounts.ts';
import { residencyPatterns } from '../support/pattern.ts';
import { mustRun } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;

interface Place {
  readonly name: string;
  readonly needs: readonly (typeof root)[];
  /** Gives a file of random bytes on that filesystem to `use`. */
  with(bytes: number, use: (file: string, mount: Mount | undefined) => Promise<void>): Promise<void>;
}

function loop(kind: LoopFilesystem, needs: typeof root): Place {
  return {
    name: `${kind} on a loop device`,
    needs: [needs],
    async with(bytes, use) {
      await using mount = await mountLoop(kind);
      await writeRandomFile(mount.file('model'), bytes);
      await use(mount.file('model'), mount);
    },
  };
}

const EVICTABLE: readonly Place[] = [
  {
    name: 'the disk',
    needs: [],
    async with(bytes, use) {
      await using directory = await temporaryDirectory();
      await writeRandomFile(directory.file('model'), bytes);
      await use(directory.file('model'), undefined);
    },
  },
  loop('ext4', ext4Loop),
  loop('xfs', xfsLoop),
  loop('btrfs', btrfsLoop),
  {
    name: 'overlayfs',
    needs: [overlayMount],
    async with(bytes, use) {
      await using directory = await temporaryDirectory();
      await writeRandomFile(directory.file('model'), bytes);
      await using mount = await mountOverlay(directory.path);
      await use(mount.file('model'), mount);
    },
  },
  {
    name: 'FUSE',
    needs: [fuse],
    async with(bytes, use) {
      await using directory = await temporaryDirectory();
      await writeRandomFile(directory.file('model'), bytes);
      await using mount = await mountSlowfs(directory.path);
      await use(mount.file('model'), mount);
    },
  },
];

for (const place of EVICTABLE) {
  describeWith([cc, ...place.needs], `half-resident files on ${place.name}`, () => {
    it('are built exactly as asked for', async () => {
      const pages = 517;
      await place.with(pages * PAGE_SIZE - 1, async (file) => {
        for (const seed of [1, 2]) {
          for (const { name, resident } of residencyPatterns(pages, seed)) {
            await makePagesResident(file, resident);
            const seen = await oracle(file);
            expect(seen.resident, name).toBe(resident.length);
            expect(seen.runs, name).toEqual(pageRuns(resident));
          }
        }
      });
    });

    it('are the same for every later reader that asks nothing', async () => {
      await place.with(64 * PAGE_SIZE, async (file) => {
        await makePagesResident(file, [1, 5]);
        // Opening, mapping and stat bring no page.
        await mustRun('stat', [file]);
        expect((await oracle(file)).runs).toEqual([
          [1, 1],
          [5, 1],
        ]);
        await evict(file);
        expect((await oracle(file)).resident).toBe(0);
      });
    });

    it('become whole again', async () => {
      await place.with(2 * MIB + 5, async (file) => {
        const content = await sha256(file);
        await makePagesResident(file, [3]);
        expect(await readBy('pread', file, 0, 4 * MIB)).toBe(`ok ${2 * MIB + 5}`);
        const seen = await oracle(file);
        expect(seen.resident).toBe(seen.pages);
        expect(await sha256(file)).toBe(content);
      });
    });
  });
}
