import { truncate, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { evict, lock, planWarm, residency, resolveTargets, type WarmSet, warm } from '../../lib/index.ts';
import { tensorResidency } from '../../lib/residency/index.ts';
import { takeSnapshot } from '../../lib/snapshot/take.ts';
import { applyTensorSelection, type ByteRange, readSafetensors } from '../../lib/targets/index.ts';
import {
  evict as evictByForce,
  makePagesResident,
  oracle,
  PAGE_SIZE,
  type PageRun,
} from '../support/cache.ts';
import { cc, describeWith, root } from '../support/capabilities.ts';
import { ggufFile, llamaTensors, safetensorsFile, safetensorsHeader } from '../support/model-files.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

/** Rows of 8 KiB, so that pages of a rank lie apart. */
const SHAPES = { hidden: 512, inner: 8192, vocabulary: 1000 };

interface Model {
  readonly directory: TemporaryDirectory;
  readonly shard: string;
  readonly size: number;
  readonly set: WarmSet;
}

async function writeModel(directory: TemporaryDirectory): Promise<Model> {
  const shard = directory.file('model.safetensors');
  const bytes = safetensorsFile(llamaTensors(2, SHAPES));
  await writeFile(shard, bytes, { flush: true });
  await writeFile(directory.file('config.json'), '{"num_key_value_heads":4}', { flush: true });
  await evictByForce(shard);
  await evictByForce(directory.file('config.json'));
  return { directory, shard, size: bytes.length, set: await resolveTargets([directory.path]) };
}

/** Pages that byte ranges touch, as runs. */
function runsOf(parts: readonly ByteRange[]): readonly PageRun[] {
  const runs: [number, number][] = [];
  for (const { offset, length } of parts) {
    const first = Math.floor(offset / PAGE_SIZE);
    const end = Math.ceil((offset + length) / PAGE_SIZE);
    const last = runs.at(-1);
    if (last && last[0] + last[1] >= first) last[1] = end - last[0];
    else runs.push([first, end - first]);
  }
  return runs;
}

const bytesOf = (runs: readonly PageRun[], size: number): number =>
  runs.reduce(
    (sum, [first, count]) => sum + Math.min(size, (first + count) * PAGE_SIZE) - first * PAGE_SIZE,
    0,
  );
const pagesOf = (runs: readonly PageRun[]) => runs.reduce((sum, [, count]) => sum + count, 0);
const partsOf = ({ files }: WarmSet) => files.find(({ parts }) => parts)?.parts ?? [];

describeWith([root, cc], 'parts of files', () => {
  it.each([
    ['one layer', { tensors: 'model.layers.1.*' }],
    ["one rank's", { rank: { rank: 1, of: 4 } }],
    ["one rank's of a few", { tensors: '*.{down,o}_proj.*', rank: { rank: 3, of: 4 } }],
  ])('are planned, filled and counted to the page: %s', async (_, selection) => {
    await using directory = await temporaryDirectory();
    const { shard, size, set } = await writeModel(directory);
    const chosen = await applyTensorSelection(set, selection);
    expect(chosen).toMatchObject({ failures: [], notes: [] });
    const [config, model] = chosen.files;
    expect(config).toEqual(set.files[0]);
    const parts = model?.parts ?? [];
    const runs = runsOf(parts);
    const asked = bytesOf(runs, size) + (config?.size ?? 0);
    expect(asked).toBeLessThan(size * 0.6);
    expect(chosen.size).toBe(parts.reduce((sum, { length }) => sum + length, 0) + (config?.size ?? 0));
    // What lies at the edges of others is not theirs: a page in the middle of nothing wanted.
    const header = Math.ceil((await readSafetensors(shard)).headerLength / PAGE_SIZE);
    const plan = await planWarm(chosen);
    expect(plan).toMatchObject({ asked, leftOut: 0 });
    const result = await warm(chosen);
    expect(result).toMatchObject({ asked, residentNow: asked, lost: 0, stopped: null });
    expect(result.read).toBe(asked - result.alreadyResident);
    // The header and the configuration were read to choose.
    expect(result.alreadyResident).toBe(header * PAGE_SIZE + ('rank' in selection ? (config?.size ?? 0) : 0));
    expect((await oracle(shard)).runs).toEqual(runs);
    const report = await residency(chosen, { map: 8 });
    expect(report.total).toMatchObject({ size: asked, residentBytes: asked, cacheHitRatio: 1 });
    const counted = report.files[1];
    expect(counted).toMatchObject({ state: 'known', pages: pagesOf(runs), residentPages: pagesOf(runs) });
    const map = counted?.state === 'known' ? counted.pageMap : undefined;
    expect(map?.residentPages.length).toBeLessThanOrEqual(8);
    expect(map?.residentPages.reduce((sum, pages) => sum + pages, 0)).toBe(pagesOf(runs));
  });

  it('count what is theirs of a file that is resident here and there', async () => {
    await using directory = await temporaryDirectory();
    const { shard, size, set } = await writeModel(directory);
    const pages = Array.from({ length: Math.floor(size / PAGE_SIZE / 3) }, (_, index) => index * 3);
    await makePagesResident(shard, pages);
    const chosen = await applyTensorSelection(set, { tensors: 'model.layers.0.*' });
    const runs = runsOf(partsOf(chosen));
    const seen = new Set(
      (await oracle(shard)).runs.flatMap(([first, count]) =>
        Array.from({ length: count }, (_, at) => first + at),
      ),
    );
    const mine = runs.flatMap(([first, count]) => Array.from({ length: count }, (_, at) => first + at));
    const { files } = await residency(chosen);
    expect(files[1]).toMatchObject({
      pages: mine.length,
      residentPages: mine.filter((page) => seen.has(page)).length,
    });
    const before = seen.size;
    const { residentBefore, residentNow } = await evict({ ...chosen, files: chosen.files.slice(1) });
    expect(residentBefore).toBe(mine.filter((page) => seen.has(page)).length * PAGE_SIZE);
    expect(residentNow).toBe(0);
    expect((await oracle(shard)).resident).toBe(before - residentBefore / PAGE_SIZE);
  });

  it('are written first where they are dirty and that is asked for', async () => {
    await using directory = await temporaryDirectory();
    const shard = directory.file('model.safetensors');
    await writeFile(shard, safetensorsFile(llamaTensors(1, SHAPES)));
    const chosen = await applyTensorSelection(await resolveTargets([shard]), { tensors: 'model.layers.0.*' });
    expect(await evict(chosen, { sync: true })).toMatchObject({ residentNow: expect.any(Number) });
    // Large folios may hold neighbours; what lies well inside is gone.
    const [, inner] = runsOf(partsOf(chosen));
    const { runs } = await oracle(shard, ((inner?.[0] ?? 0) + 512) * PAGE_SIZE, 512 * PAGE_SIZE);
    expect(runs).toEqual([]);
  });

  it('are locked, and nothing beside them', async () => {
    await using directory = await temporaryDirectory();
    const { shard, size, set } = await writeModel(directory);
    const chosen = await applyTensorSelection(set, { tensors: 'model.layers.1.mlp.*' });
    const runs = runsOf(partsOf(chosen));
    await using held = await lock({ ...chosen, files: chosen.files.slice(1) });
    expect(held).toMatchObject({ lockedBytes: bytesOf(runs, size), lockedFiles: 1, failed: [] });
    await evict(set);
    expect((await oracle(shard)).runs).toEqual(runs);
  });

  it('are not locked in larger number than there may be mappings', async () => {
    await using directory = await temporaryDirectory();
    const { set } = await writeModel(directory);
    const [config, file] = set.files;
    if (!config || !file) throw new Error('two files');
    const parts = Array.from({ length: 17_000 }, (_, index) => ({
      offset: index * 2 * PAGE_SIZE,
      length: 1,
    }));
    const many = { ...file, size: 2 ** 30, parts };
    await expect(lock({ ...set, files: [many] })).rejects.toMatchObject({ code: 'WARMSET_LOCK_LIMIT' });
  });

  it('do not keep a snapshot from having the whole file', async () => {
    await using directory = await temporaryDirectory();
    const { shard, set } = await writeModel(directory);
    await makePagesResident(shard, [0, 5, 9]);
    const chosen = await applyTensorSelection(set, { tensors: 'lm_head.*' });
    const { files } = await takeSnapshot(chosen);
    expect(files[1]).toMatchObject({ state: 'known', runs: Float64Array.of(0, 1, 5, 1, 9, 1) });
  });

  it('of tensors are counted tensor by tensor', async () => {
    await using directory = await temporaryDirectory();
    const { shard, set } = await writeModel(directory);
    const { tensors } = await readSafetensors(shard);
    const pages = [3, 4, 5, 200, 201, 1000];
    await makePagesResident(shard, pages);
    const [, file] = set.files;
    if (!file) throw new Error('a model file');
    const found = await tensorResidency(file, tensors);
    const overlap = ({ offset, length }: ByteRange): number =>
      pages.reduce((sum, page) => {
        const begin = Math.max(offset, page * PAGE_SIZE);
        return sum + Math.max(0, Math.min(offset + length, (page + 1) * PAGE_SIZE) - begin);
      }, 0);
    expect(found).toEqual({ state: 'known', residentBytes: tensors.map(overlap) });
    expect(tensors.reduce((sum, tensor) => sum + overlap(tensor), 0)).toBe(pages.length * PAGE_SIZE);
  });
});

describeWith([root, cc], 'a choice of tensors', () => {
  it('leaves out model files of which nothing is meant, and says so where that is all of them', async () => {
    await using directory = await temporaryDirectory();
    const { set } = await writeModel(directory);
    await writeFile(directory.file('other.gguf'), ggufFile());
    const both = await resolveTargets([directory.path]);
    const one = await applyTensorSelection(both, { tensors: 'blk.*' });
    expect(one.files.map(({ path }) => path.split('/').at(-1))).toEqual(['config.json', 'other.gguf']);
    expect(one.failures).toEqual([]);
    const none = await applyTensorSelection(both, { tensors: 'nothing.*' });
    expect(none.files).toHaveLength(1);
    expect(none.failures).toMatchObject([
      { path: 'nothing.*', code: 'WARMSET_BAD_TARGET', message: expect.stringContaining('2 model files') },
    ]);
    const config = { ...set, files: set.files.slice(0, 1) };
    expect(await applyTensorSelection(config, { tensors: '*' })).toMatchObject({
      failures: [{ message: expect.stringContaining('None of the files') }],
    });
  });

  it('takes all of a file as the whole of it', async () => {
    await using directory = await temporaryDirectory();
    const { set } = await writeModel(directory);
    const all = await applyTensorSelection(set, { tensors: '*' });
    expect(all.files).toEqual(set.files);
    expect(await applyTensorSelection(set, {})).toEqual({ ...set, notes: [] });
  });

  it('has a damaged file among its failures, or takes it whole', async () => {
    await using directory = await temporaryDirectory();
    const { set, shard } = await writeModel(directory);
    await writeFile(directory.file('torn.safetensors'), safetensorsFile(llamaTensors(1)).subarray(0, 3000));
    const both = await resolveTargets([directory.path]);
    const failed = await applyTensorSelection(both, { tensors: 'lm_head.*' });
    expect(failed.files).toHaveLength(set.files.length);
    expect(failed.failures).toMatchObject([
      { path: directory.file('torn.safetensors'), code: 'WARMSET_BAD_MODEL', remedy: expect.any(String) },
    ]);
    const whole = await applyTensorSelection(both, { tensors: 'lm_head.*', damaged: 'whole' });
    expect(whole.failures).toEqual([]);
    expect(whole.files.at(-1)).toEqual(both.files.at(-1));
    expect(whole.notes).toEqual([expect.stringContaining('taken whole')]);
    expect(partsOf(whole)).toEqual(partsOf(failed));
    expect(shard).toBe(whole.files[1]?.path);
  });

  it('says where parts are so many and so short that the whole file is read faster', async () => {
    await using directory = await temporaryDirectory();
    const shard = directory.file('model.safetensors');
    const shape = [11_000, 4 * PAGE_SIZE];
    const length = 2 * 11_000 * 4 * PAGE_SIZE;
    const header = safetensorsHeader({
      'a.o_proj.weight': { dtype: 'BF16', shape, data_offsets: [0, length] },
    });
    await writeFile(shard, header);
    await truncate(shard, header.length + length);
    const set = await applyTensorSelection(await resolveTargets([shard]), { rank: { rank: 1, of: 4 } });
    expect(set.notes).toEqual([expect.stringMatching(/in 1100[01] parts of (8\.00 KiB|8191 B) on average/)]);
  });

  it('says which tensors are whole because nobody knows how they are shared', async () => {
    await using directory = await temporaryDirectory();
    const shard = directory.file('model.safetensors');
    const odd = [0, 1, 2].map((no) => ({ name: `model.layers.${no}.mystery.weight`, shape: [4, 4] }));
    await writeFile(shard, safetensorsFile([...llamaTensors(1), ...odd]));
    await writeFile(directory.file('b.gguf'), ggufFile());
    const set = await applyTensorSelection(await resolveTargets([directory.path]), {
      rank: { rank: 0, of: 2 },
    });
    expect(set.notes).toEqual([
      expect.stringMatching(/b\.gguf is GGUF, of which every rank reads all$/),
      // Without a configuration the number of heads isn't known either.
      expect.stringMatching(
        /^5 tensors are taken whole.*: model\.layers\.N\.self_attn\.k_proj\.weight, .*v_proj\.weight, model\.layers\.N\.mystery\.weight$/,
      ),
    ]);
  });

  it.each([{ rank: { rank: 2, of: 2 } }, { rank: { rank: 0.5, of: 2 } }, { tensors: '' }])(
    'is refused where it is none: %j',
    async (selection) => {
      const set = await resolveTargets([]);
      await expect(applyTensorSelection(set, selection)).rejects.toMatchObject({
        code: 'WARMSET_BAD_ARGUMENT',
      });
    },
  );
});
