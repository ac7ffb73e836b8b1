import { open, truncate, writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readGguf, readSafetensors, readTensorTable, resolveTargets } from '../../lib/targets/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, root } from '../support/capabilities.ts';
import {
  GgufWriter,
  ggufFile,
  llamaTensors,
  safetensorsFile,
  safetensorsHeader,
} from '../support/model-files.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

/** Milliseconds for which nothing else could run. */
async function longestTurn<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  try {
    const value = await work();
    // What held the loop last is seen when it turns again.
    await delay(5);
    return [value, monitor.max / 1e6];
  } finally {
    monitor.disable();
  }
}

describe('a header', () => {
  it('is read from a file as it is parsed from bytes', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('a.safetensors'), safetensorsFile(llamaTensors(2)));
    await writeFile(directory.file('a.gguf'), ggufFile({ vocabulary: 20_000 }));
    expect((await readSafetensors(directory.file('a.safetensors'))).tensors).toHaveLength(19);
    expect(await readGguf(directory.file('a.gguf'))).toMatchObject({ architecture: 'llama', blockCount: 2 });
  });

  it('is found where names say nothing, and not looked for where they say otherwise', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('sha256-1'), ggufFile());
    await writeFile(directory.file('sha256-2'), safetensorsFile(llamaTensors(1)));
    await writeFile(directory.file('sha256-3'), 'neither of them, but long enough');
    await writeFile(directory.file('sha256-4'), '{}');
    await writeFile(directory.file('weights.bin'), ggufFile());
    const { files } = await resolveTargets([directory.path]);
    const tables = await Promise.all(files.map((file) => readTensorTable(file)));
    expect(tables.map((table) => table?.format)).toEqual([
      'gguf',
      'safetensors',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('that is damaged is named with its file, its place and what to do', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('a $& b.safetensors');
    await writeFile(path, safetensorsFile(llamaTensors(1)).subarray(0, -1));
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'WARMSET_BAD_MODEL',
      subject: path,
      message: expect.stringContaining(
        `${path}: this is no usable model file: model.norm.weight ends at byte`,
      ),
      remedy: expect.stringContaining('plain bytes'),
    });
    await expect(readGguf(path)).rejects.toMatchObject({ code: 'WARMSET_BAD_MODEL', subject: path });
  });

  it('of what is no file fails as Node does', async () => {
    await using directory = await temporaryDirectory();
    for (const read of [readSafetensors, readGguf]) {
      await expect(read(directory.file('absent'))).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(read(directory.path)).rejects.toMatchObject({ code: 'EISDIR' });
    }
  });

  it('ends with its signal', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('a.safetensors');
    const one = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
    const names = Array.from({ length: 100_000 }, (_, index) => `"${index}":${one}`);
    await writeFile(path, safetensorsHeader(`{${names.join(',')}}`));
    const controller = new AbortController();
    const reading = readSafetensors(path, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('a hostile header', () => {
  // A second is what a loop must never be held for; it takes a tenth of that.
  const MOST_MS = 1000;

  it.each([
    ['spaces', () => `{${' '.repeat(99_999_990)}}`, /full of spaces/],
    ['one text', () => `{"__metadata__":{"a":"${'x'.repeat(99_999_900)}"}}`, /longer than 16777216 bytes/],
    ['many texts', () => `{"__metadata__":{${'"a":"b",'.repeat(12_000_000)}"a":"b"}}`, undefined],
    ['brackets', () => `{"a":{"b":[${'[],'.repeat(33_000_000)}[]]}}`, /dtype, the shape and both/],
    ['a name', () => `{"${'x'.repeat(16_000_000)}":{}}`, /longer than 4096 bytes/],
    [
      'escapes',
      () => `{"__metadata__":{"a":"${'\\u0000'.repeat(16_000_000)}"}}`,
      /longer than 16777216 bytes/,
    ],
  ] as const)('of 100 MB of %s holds nobody up', { timeout: 60_000 }, async (_, json, told) => {
    await using directory = await temporaryDirectory();
    const path = directory.file('a.safetensors');
    await writeFile(path, safetensorsHeader(json()));
    const [outcome, held] = await longestTurn(() =>
      readSafetensors(path).then(
        () => 'read',
        (error: Error) => error.message,
      ),
    );
    if (told) expect(outcome).toMatch(told);
    else expect(outcome).toBe('read');
    expect(held).toBeLessThan(MOST_MS);
  });

  it('with all the tensors that are allowed holds nobody up', { timeout: 60_000 }, async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('a.safetensors');
    const entry = (index: number) =>
      `"model.layers.${index}.x":{"dtype":"U8","shape":[0,1,2],"data_offsets":[0,0]}`;
    await writeFile(
      path,
      safetensorsHeader(`{${Array.from({ length: 2 ** 18 }, (_, at) => entry(at)).join(',')}}`),
    );
    const [table, held] = await longestTurn(() => readSafetensors(path));
    expect(table.tensors).toHaveLength(2 ** 18);
    expect(held).toBeLessThan(MOST_MS);
  });

  it.each([
    ['texts', 8, /header is longer than 134217728 bytes/],
    ['arrays', 9, /more than 100000 arrays in arrays/],
  ] as const)(
    'of GGUF that claims a trillion %s is left early',
    { timeout: 60_000 },
    async (_, type, told) => {
      await using directory = await temporaryDirectory();
      const path = directory.file('a.gguf');
      await writeFile(
        path,
        new GgufWriter()
          .u64(0)
          .u64(1)
          .text('k')
          .u32(9)
          .u32(type)
          .u64(2 ** 40)
          .bytes(),
      );
      // Zeros all the way: texts without a letter.
      await truncate(path, 2 ** 43);
      const [message, held] = await longestTurn(() => readGguf(path).catch((error: Error) => error.message));
      expect(message).toMatch(told);
      expect(held).toBeLessThan(MOST_MS);
    },
  );

  it('of GGUF with as many arrays in arrays as are allowed is read', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('a.gguf');
    const count = 100_000;
    const head = new GgufWriter().u64(0).u64(1).text('k').u32(9).u32(9).u64(count);
    await writeFile(path, Buffer.concat([head.bytes(), Buffer.alloc(count * 12)]));
    expect(await readGguf(path)).toMatchObject({ tensors: [] });
  });
});

describeWith([root, cc], 'reading a header of a cold file', () => {
  it('makes no more of a safetensors file resident than the header', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('a.safetensors');
    await writeRandomFile(path, 4 << 20);
    const json = JSON.stringify({
      a: { dtype: 'U8', shape: [(4 << 20) - 10_008], data_offsets: [0, (4 << 20) - 10_008] },
    });
    const handle = await open(path, 'r+');
    await handle.write(safetensorsHeader(json.padEnd(10_000)));
    await handle.datasync();
    await handle.close();
    await evict(path);
    expect((await readSafetensors(path)).headerLength).toBe(10_008);
    expect((await oracle(path)).runs).toEqual([[0, Math.ceil(10_008 / PAGE_SIZE)]]);
  });

  it('steps over what it need not know of a GGUF file', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('a.gguf');
    const skipped = 16 << 20;
    const head = new GgufWriter()
      .u64(0)
      .u64(2)
      .text('tokenizer.ggml.scores')
      .u32(9)
      .u32(6)
      .u64(skipped / 4);
    const header = Buffer.concat([head.bytes(), Buffer.alloc(skipped)]);
    const rest = new GgufWriter().stringValue('general.architecture', 'llama').bytes().subarray(8);
    await writeFile(path, Buffer.concat([header, rest]), { flush: true });
    await evict(path);
    expect(await readGguf(path)).toMatchObject({ architecture: 'llama' });
    const { resident } = await oracle(path);
    expect(resident * PAGE_SIZE).toBeLessThan(1 << 20);
  });
});
