import { chmod, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { evict, oracle } from '../support/cache.ts';
import { cc, describeWith } from '../support/capabilities.ts';
import { cli } from '../support/cli.ts';
import { COMMIT, plant, plantHubModel } from '../support/model-trees.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const SIZE = 4 << 20;

describeWith([cc], 'llama-server -hf', () => {
  let directory: TemporaryDirectory;
  let server: string;
  beforeAll(async () => {
    directory = await temporaryDirectory('llama');
    server = directory.file('llama-server');
    await writeFile(server, '#!/bin/sh\necho "main: server is listening on http://127.0.0.1:1"\n');
    await chmod(server, 0o755);
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  /** Files with bytes of their own, none of them in memory; their paths. */
  async function cold(...files: readonly string[]): Promise<readonly string[]> {
    for (const [seed, file] of files.entries()) {
      await writeRandomFile(file, SIZE, seed + 1);
      await evict(file);
    }
    return files;
  }

  const run = (cache: string, ...words: readonly string[]) =>
    cli(['run', '--no-guard', '--wait-for', 'all', '--', server, ...words], {
      env: { ...process.env, LLAMA_CACHE: cache },
    });
  const share = async (file: string): Promise<number> => {
    const { resident, pages } = await oracle(file);
    return resident / pages;
  };

  it('has the model, its projector and its draft in memory, and nothing else of the repository', async () => {
    const cache = directory.file('hub');
    const names = ['m-Q4_K_M.gguf', 'm-Q8_0-00001-of-00002.gguf', 'm-Q8_0-00002-of-00002.gguf'];
    const all = { ...Object.fromEntries(names.map((name) => [name, 1])), 'mmproj-m-F16.gguf': 1 };
    await plantHubModel(cache, 'a/m-GGUF', all);
    await plantHubModel(cache, 'a/draft-GGUF', { 'd-Q8_0.gguf': 1 });
    const at = (id: string, name: string) => `${cache}/models--a--${id}/snapshots/${COMMIT}/${name}`;
    const wanted = [
      at('m-GGUF', 'm-Q8_0-00001-of-00002.gguf'),
      at('m-GGUF', 'm-Q8_0-00002-of-00002.gguf'),
      at('m-GGUF', 'mmproj-m-F16.gguf'),
      at('draft-GGUF', 'd-Q8_0.gguf'),
    ];
    const [other = '', ...rest] = await cold(at('m-GGUF', 'm-Q4_K_M.gguf'), ...wanted);
    const result = await run(cache, '-hf', 'a/m-GGUF:Q8_0', '-hfd', 'a/draft-GGUF');
    expect(result).toMatchObject({ code: 0, stdout: 'main: server is listening on http://127.0.0.1:1\n' });
    expect(result.stderr).toMatch(
      /llama\.cpp serving llama:a\/m-GGUF:Q8_0 \(-hf\), llama:a\/draft-GGUF,draft/,
    );
    for (const file of rest) expect(await share(file), file).toBe(1);
    expect(await share(other)).toBe(0);
  });

  it('finds what an older release has downloaded', async () => {
    const cache = directory.file('flat');
    const manifest = { ggufFile: { rfilename: 'm-Q4_0.gguf' }, mmprojFile: { rfilename: 'mmproj.gguf' } };
    await plant(cache, { 'manifest=a=m=latest.json': JSON.stringify(manifest) });
    const [model = '', projector = ''] = await cold(`${cache}/a_m_m-Q4_0.gguf`, `${cache}/a_m_mmproj.gguf`);
    expect(await run(cache, '-hf', 'a/m', '--no-mmproj')).toMatchObject({ code: 0 });
    expect([await share(model), await share(projector)]).toEqual([1, 0]);
  });

  it('starts with what is not downloaded yet, and says so', async () => {
    const cache = directory.file('empty');
    const result = await run(cache, '-hf', 'a/m:Q8_0');
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('listening') });
    expect(result.stderr).toContain('llama:a/m:Q8_0 (-hf): nothing of it is here yet');
    expect(result.stderr).toMatch(/nothing of a\/m is in .* yet: The server downloads it when it starts/);
  });
});
