import assert from 'node:assert/strict';
import { evict } from '../../../../lib/fill/index.ts';
import { resolveTargets } from '../../../../lib/targets/index.ts';
import { check } from '../checks.ts';
import type { StatusDocument, WarmDocument } from '../documents.ts';
import { fincoreBytes, wholePages } from '../oracle.ts';
import { MODEL, SHARDS, SHARED } from '../places.ts';
import { warmset } from '../programs.ts';

export const through = SHARDS.map((name) => `${MODEL}/${name}`);
export const beneath = SHARDS.map((name) => `${SHARED}/tiny/${name}`);

/** By the library: to start the program once more would cost seconds here. */
export const evictAll = async (): Promise<unknown> => evict(await resolveTargets(through));

/** cachestat finds nothing through an overlay, whatever is resident. */
export async function warmThroughOverlay(): Promise<void> {
  await check('what is cold is said to be cold, through the overlay and beneath it', async () => {
    await evictAll();
    assert.equal(await fincoreBytes(...beneath), 0);
    for (const files of [through, beneath]) {
      const { total } = await warmset<StatusDocument>('status', ...files);
      assert.equal(total.unknownFiles, 0);
      assert.equal(total.residentBytes, 0);
    }
    return undefined;
  });
  await check('warm makes all of it resident, and its count is right', async () => {
    const { asked, read, residentNow, lost, unverifiedFiles, seconds, streams, why } =
      await warmset<WarmDocument>('warm', ...through);
    assert.deepEqual([read, residentNow, lost, unverifiedFiles], [asked, asked, 0, 0]);
    // The disk of the lower layer is a mapped one over a namespace of two controllers.
    assert.equal(streams, 1);
    assert.match(why, /NVMe\/TCP/);
    assert.equal(await fincoreBytes(...beneath), await wholePages(...beneath));
    return `${asked} bytes in ${seconds.toFixed(1)} s`;
  });
  await check(
    'status asks mincore through the overlay and cachestat beneath it, and both agree',
    async () => {
      const upper = await warmset<StatusDocument>('status', ...through);
      const lower = await warmset<StatusDocument>('status', ...beneath);
      assert.deepEqual(sources(upper), ['mincore']);
      assert.deepEqual(sources(lower), ['cachestat']);
      assert.equal(upper.total.residentBytes, upper.total.size);
      assert.equal(lower.total.residentBytes, upper.total.residentBytes);
      return undefined;
    },
  );
  await check('what is half resident is neither all nor nothing', async () => {
    const [first, second] = through;
    await warmset('evict', String(first));
    assert.equal(await fincoreBytes(...beneath), await wholePages(String(second)));
    const { files, total } = await warmset<StatusDocument>('status', ...through);
    assert.deepEqual(
      files.map(({ size, residentBytes }) => residentBytes / size),
      [0, 1],
    );
    assert.equal(total.residentBytes, files[1]?.size);
    return undefined;
  });
}

const sources = ({ files }: StatusDocument): (string | null)[] => [
  ...new Set(files.map(({ source }) => source)),
];
