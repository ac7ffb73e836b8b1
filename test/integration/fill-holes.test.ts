import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ENGINES, resolveTargets, warm } from '../../lib/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, root } from '../support/capabilities.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { expectTruth } from '../support/truth.ts';

const MIB = 1 << 20;
const HUGE = 2 * MIB;
const ISLANDS = 48;

/** Data of `length` bytes at each place, holes elsewhere. */
async function sparseFile(
  path: string,
  size: number,
  places: readonly { readonly at: number; readonly length: number }[],
): Promise<void> {
  await using file = await open(path, 'w');
  for (const { at, length } of places) await file.write(Buffer.alloc(length, 7), 0, length, at);
  await file.truncate(size);
  await file.sync();
  await evict(path);
}

async function residentPages(path: string): Promise<number> {
  return (await oracle(path)).resident;
}

describeWith([root, cc], 'the holes of a file', () => {
  it.for(
    ENGINES.flatMap((engine) =>
      [{}, { touch: true }, { windowBytes: PAGE_SIZE }, { windowBytes: 32 * HUGE }].map((options) => ({
        engine,
        options,
      })),
    ),
  )('stay out of the cache round small islands of data: $engine, $options', async ({ engine, options }) => {
    await using directory = await temporaryDirectory();
    const path = directory.file('islands');
    const places = Array.from({ length: ISLANDS }, (_, index) => ({
      at: index * HUGE + ((index * 37) % 512) * PAGE_SIZE,
      length: PAGE_SIZE,
    }));
    await sparseFile(path, ISLANDS * HUGE, places);
    const result = await warm(await resolveTargets([path]), { engine, ...options });
    expect(result).toMatchObject({ asked: ISLANDS * PAGE_SIZE, residentNow: ISLANDS * PAGE_SIZE });
    expect(await residentPages(path)).toBe(ISLANDS);
  });

  it.for(ENGINES)('stay out of the cache behind long data that ends anywhere: %s', async (engine) => {
    await using directory = await temporaryDirectory();
    const path = directory.file('long');
    const places = [
      { at: 3 * MIB, length: 4 * MIB },
      { at: 16 * MIB, length: 2 * MIB },
      { at: 32 * MIB + 5 * PAGE_SIZE, length: 3 * MIB },
      { at: 47 * MIB, length: MIB },
    ];
    await sparseFile(path, 48 * MIB, places);
    const result = await warm(await resolveTargets([path]), { engine });
    expect(result).toMatchObject({ asked: 10 * MIB, residentNow: 10 * MIB, lost: 0 });
    await expectTruth(result);
    expect(await residentPages(path)).toBe((10 * MIB) / PAGE_SIZE);
  });

  it('do not make more resident than a budget allows', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('islands');
    const places = Array.from({ length: ISLANDS }, (_, index) => ({ at: index * HUGE, length: PAGE_SIZE }));
    await sparseFile(path, ISLANDS * HUGE, places);
    const result = await warm(await resolveTargets([path]), { budget: { maxBytes: 20 * PAGE_SIZE } });
    expect(result).toMatchObject({ residentNow: 20 * PAGE_SIZE, stopped: { reason: 'budget' } });
    expect(await residentPages(path)).toBe(20);
  });
});
