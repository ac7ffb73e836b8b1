import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import {
  cachestat,
  describeWith,
  ext4Loop,
  fuse,
  itWith,
  loopDevices,
  root,
} from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { measured } from '../support/measured.ts';
import { run } from '../support/run.ts';
import { mountSlowLoop } from '../support/slow-loop.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const PAGES = 2048;

describeWith([root, fuse, loopDevices, ext4Loop], 'pages whose read failed on a disk', () => {
  itWith([cachestat], 'stay in the cache, and an exact count leaves them out', async () => {
    await using contents = await temporaryDirectory('contents');
    const name = contents.file('model');
    await writeRandomFile(name, PAGES * PAGE_SIZE, 5);
    await writeFile(contents.file('other'), 'x');
    await using loop = await mountSlowLoop(contents.path);
    const file = loop.file(path.basename(name));
    await evict(file);
    await evict(loop.image);
    await loop.disk.set({ eioPath: 'image' });
    await run(fixture('read-by'), ['willneed', file, '0', String(PAGES * PAGE_SIZE)]);
    // The disk stays broken: reads still in its queue would otherwise succeed between the two counts.
    const truth = await oracle(file);
    expect(truth.resident, 'the disk did not fail').toBeLessThan(PAGES);
    const answer = await measured(file, { exact: true });
    expect(answer).toMatchObject({ state: 'known', source: 'mincore', residentPages: truth.resident });
  });
});
