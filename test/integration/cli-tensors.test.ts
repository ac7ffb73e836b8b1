import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { evict as evictByForce, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, nobody, root } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { ggufFile, llamaTensors, safetensorsFile } from '../support/model-files.ts';
import { NOBODY } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

describeWith([root, cc], '--tensors and --rank', () => {
  let directory: TemporaryDirectory;
  let shard: string;
  beforeAll(async () => {
    directory = await temporaryDirectory('tensors');
    shard = directory.file('model.safetensors');
    const tensors = llamaTensors(3, { hidden: 512, inner: 8192, vocabulary: 1000 });
    await writeFile(shard, safetensorsFile(tensors), { flush: true });
    await writeFile(directory.file('config.json'), '{"num_key_value_heads":4}', { flush: true });
  });
  afterAll(() => directory[Symbol.asyncDispose]());
  beforeEach(() => evictByForce(shard));

  it('warm, measure and evict one part of a model', async () => {
    const words = ['--json', '--tensors', 'model.layers.1.*', directory.path];
    const plan = json(await cli(['plan', ...words]));
    const warmed = await cli(['warm', ...words]);
    expect(warmed.code).toBe(0);
    const { resident } = await oracle(shard);
    expect(json(warmed)).toMatchObject({ asked: plan.asked, residentNow: plan.asked, lost: 0 });
    const status = json(await cli(['status', ...words]));
    expect(status).toMatchObject({
      cache_hit_ratio: 1,
      files: [{}, { pages: resident, residentPages: resident, size: resident * PAGE_SIZE }],
      total: { size: plan.asked, residentBytes: plan.asked },
    });
    expect(json(await cli(['status', '--json', shard]))).toMatchObject({
      files: [{ residentPages: resident }],
    });
    await makePagesResident(shard, [0, 1, 100, 5000]);
    expect((await cli(['evict', '--tensors', 'lm_head.*', shard])).stdout).toMatch(/^resident now +0 B$/m);
    const { runs } = await oracle(shard);
    // The header is part of every part; lm_head lies behind it.
    expect(runs).toEqual([[5000, 1]]);
  });

  it('say nothing on stderr but what is worth saying', async () => {
    expect(await cli(['status', '--total', '--rank', '0/4', directory.path])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const odd = await cli(['status', '--total', '--rank', '0/3', directory.path]);
    expect(odd.code).toBe(0);
    expect(odd.stderr).toMatch(
      /^note: \d+ tensors are taken whole, because it isn't known how ranks share them: /,
    );
  });

  it.each([
    [['--rank', '4/4'], /^warmset: .*"?4\/4"? is not a rank/],
    [['--rank', 'x'], /^warmset: .*"x" is not a rank/],
    [['--tensors', ''], /pattern for tensors is empty/],
    [['--damaged', 'whole'], /--damaged is for parts of models/],
    [['--tensors', '*', '--damaged', 'no'], /"no" is not one of fail, whole/],
  ])('are refused where they make no sense: %j', async (words, told) => {
    const { code, stderr, stdout } = await cli(['status', ...words, shard]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(told);
  });

  it('name a damaged file, or take it whole', async () => {
    await using torn = await temporaryDirectory('torn');
    const file = torn.file('model.safetensors');
    await writeFile(file, safetensorsFile(llamaTensors(1)).subarray(0, 5000), { flush: true });
    const refused = await cli(['status', '--json', '--tensors', '*', file]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^warmset: .*model\.safetensors: this is no usable model file: .* cut off \(at byte \d+\)/,
    );
    expect(refused.stderr).toMatch(/^ {5}do: .*plain bytes/m);
    expect(json(refused)).toMatchObject({ files: [], failures: [{ path: file, code: 'WARMSET_BAD_MODEL' }] });
    const whole = await cli(['status', '--json', '--tensors', '*', '--damaged', 'whole', file]);
    expect(whole.code).toBe(0);
    expect(whole.stderr).toMatch(/^note: taken whole: /);
    expect(json(whole)).toMatchObject({ files: [{ size: 5000 }], failures: [] });
  });

  it('match something, or say that they do not', async () => {
    const { code, stderr } = await cli(['warm', '--tensors', 'blk.*', directory.path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^warmset: .*No tensor of the model file has a name like that/);
  });
});

describeWith([root, cc], 'warmset targets tensors', () => {
  let directory: TemporaryDirectory;
  let shard: string;
  beforeAll(async () => {
    directory = await temporaryDirectory('tensors');
    shard = directory.file('model.safetensors');
    const tensors = [
      { name: 'model.layers.0.mlp.up_proj.weight', shape: [4, PAGE_SIZE] },
      { name: 'model.layers.0.mlp.gate_proj.weight', shape: [4, PAGE_SIZE] },
      { name: 'scale', dtype: 'F32', shape: [], bytes: 4 },
    ];
    await writeFile(shard, safetensorsFile(tensors), { flush: true });
    await writeFile(directory.file('split.gguf'), ggufFile(), { flush: true });
    await writeFile(directory.file('config.json'), '{}', { flush: true });
    await makePagesResident(shard, [0, 1, 2, 3]);
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it('prints layers, their types and what of them is resident', async () => {
    const { code, stdout, stderr } = await cli(['targets', 'tensors', shard]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [path, header, ...table] = stdout.trimEnd().split('\n');
    expect(path).toBe(shard);
    expect(header).toMatch(/^safetensors, header \d+ B of 64\.\d KiB$/);
    expect(table.map((line) => line.split(/ {2,}/))).toEqual([
      ['LAYER', 'TENSORS', 'DTYPE', 'SIZE', 'RESIDENT', 'SHARE'],
      [
        'model.layers.0',
        '2',
        'BF16',
        '64.0 KiB',
        expect.stringMatching(/^15\.\d KiB$/),
        expect.stringMatching(/^24\.\d %$/),
      ],
      ['scale', '1', 'F32', '4 B', '0 B', '0 %'],
      [
        'total',
        '3',
        '-',
        '64.0 KiB',
        expect.stringMatching(/^15\.\d KiB$/),
        expect.stringMatching(/^24\.\d %$/),
      ],
    ]);
  });

  it('prints every tensor with --all, of those that are meant', async () => {
    const { stdout } = await cli(['targets', 'tensors', '--all', '--tensors', '*.up_proj.*', shard]);
    expect(
      stdout
        .split('\n')
        .slice(2)
        .map((line) => line.split(/ {2,}/).slice(0, 3)),
    ).toEqual([
      ['TENSOR', 'DTYPE', 'SHAPE'],
      ['model.layers.0.mlp.up_proj.weight', 'BF16', `4 x ${PAGE_SIZE}`],
      ['total', '-', '1'],
      [''],
    ]);
  });

  it('says what a GGUF file says of itself, and passes over other files', async () => {
    const { code, stdout } = await cli(['targets', 'tensors', directory.path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^GGUF version 3, llama, Little Lama, 2 layers, header \d+ B of 2\d\.\d KiB$/m);
    expect(stdout).toMatch(/^blk\.0 +2 +F16 /m);
    expect(stdout).not.toContain('config.json');
  });

  it('--json has both, in one document', async () => {
    const result = await cli(['targets', 'tensors', '--json', directory.path]);
    expect(json(result)).toMatchObject({
      schema: 'warmset.targetsTensors/1',
      files: [
        {
          format: 'safetensors',
          architecture: null,
          layers: [{ tensors: [{}, {}] }, {}],
          total: { tensors: 3 },
        },
        { format: 'gguf', architecture: 'llama', name: 'Little Lama', total: { tensors: 5 } },
      ],
      failures: [],
    });
  });

  it('where nothing is a model says so', async () => {
    const { code, stdout, stderr } = await cli(['targets', 'tensors', directory.file('config.json')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^warmset: .*none of these files is safetensors or GGUF/);
  });

  it('reports a damaged file, and prints the others', async () => {
    await using torn = await temporaryDirectory('torn');
    await writeFile(torn.file('a.gguf'), ggufFile().subarray(0, 300));
    await writeFile(torn.file('b.gguf'), ggufFile());
    const { code, stdout, stderr } = await cli(['targets', 'tensors', torn.path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/a\.gguf: this is no usable model file: it ends in .* \(at byte 300\)/);
    expect(stdout).toContain(torn.file('b.gguf'));
  });
});

describeWith([root, cc, nobody], 'tensors of a file whose pages nobody may count', () => {
  it('are unknown, with the reason', async () => {
    await using directory = await temporaryDirectory('tensors');
    const file = directory.file('a.gguf');
    await writeFile(file, ggufFile(), { flush: true });
    const text = await cli(['targets', 'tensors', file], { uid: NOBODY });
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^total +5 +- +25\.3 KiB +unknown +unknown\n^unknown .+\n^ +do: /m);
    expect(json(await cli(['targets', 'tensors', '--json', file], { uid: NOBODY }))).toMatchObject({
      files: [{ total: { residentBytes: null }, reasonCode: 'not-permitted' }],
    });
  });
});
