import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { cc, describeWith } from '../support/capabilities.ts';
import { cli, json, shell } from '../support/cli.ts';
import { halfWarm, halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';

interface Named {
  readonly path: string;
  readonly pathBytes?: string;
  readonly residentNow?: number;
}

describeWith(cc, 'targets from standard input', () => {
  let model: ModelDirectory;
  let odd: Buffer;
  beforeAll(async () => {
    model = await halfWarmModel();
    odd = Buffer.concat([
      Buffer.from(`${model.directory.path}/caf`),
      Buffer.from([0xe9, 0x0a]),
      Buffer.from('x'),
    ]);
    // printf and not Node: its own file functions can't be trusted with these names here.
    execFileSync('bash', [
      '--norc',
      '-c',
      `printf hello > "$1"/caf$'\\xe9\\n'x`,
      'bash',
      model.directory.path,
    ]);
  });
  afterAll(() => model[Symbol.asyncDispose]());
  beforeEach(() => halfWarm(model));

  it('are lines', async () => {
    const input = `${model.files[2]}\n\n${model.files[3]}`;
    const { files } = json(await cli(['status', '--json', '-'], { input })) as { files: Named[] };
    expect(files.map(({ path }) => path)).toEqual([model.files[2], model.files[3]]);
  });

  it('stand among other targets, in their order', async () => {
    const [config = '', , first = '', second = ''] = model.files;
    const result = await cli(['warm', '--json', second, '-', config], { input: `${first}\n` });
    const { files } = json(result) as { files: Named[] };
    expect(files.map(({ path }) => path)).toEqual([second, first, config]);
  });

  it('start from the working directory when relative', async () => {
    const script = 'cd "$1" && find . -name "*.safetensors" | $W status --json -';
    const { files } = json(await shell(script, [model.path])) as { files: Named[] };
    expect(files.map(({ path }) => path).sort()).toEqual(model.files.slice(2).toSorted());
  });

  it('end with a zero byte under -0, and may hold any other', async () => {
    const script = 'find "$1" -type f -name "caf*" -print0 | $W warm --json -0 -';
    const result = await shell(script, [model.directory.path]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const { files } = json(result) as { files: Named[] };
    expect(files).toHaveLength(1);
    expect(files[0]?.path).toBe(`${model.directory.path}/caf\\xe9\nx`);
    expect(Buffer.from(files[0]?.pathBytes ?? '', 'base64')).toEqual(odd);
    expect(files[0]?.residentNow).toBe(5);
  });

  it('and names on the command line that are not UTF-8 survive too', async () => {
    const script = 'cd "$1"; $W status --json caf* "$1"/caf*; $W status caf* | cat -v';
    const { stdout, stderr, code } = await shell(script, [model.directory.path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [document = '', header, row] = stdout.split('\n');
    expect(JSON.parse(document)).toMatchObject({
      files: [{ pathBytes: odd.toString('base64'), size: 5 }],
      skipped: { duplicates: 1 },
    });
    expect(header).toMatch(/^FILE/);
    expect(row).toMatch(/caf\\xe9\\nx {2,}5 B/);
  });

  it('are refused when empty, or when zero bytes are taken for lines', async () => {
    expect(await cli(['warm', '-'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^warmset: no targets were given: the list on standard input is empty\n/),
    });
    expect(await cli(['status', '-'], { input: 'a\0b\0' })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/holds zero bytes\n {5}do: read it with -0/),
    });
    expect(await cli(['status', '-0', model.path])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^warmset: -0 is for a list on standard input/),
    });
  });

  it('may be many', async () => {
    const script =
      'cd "$1"; mkdir many; cd many; seq -f f%g 3000 | xargs touch; find "$PWD" -type f | $W status --total -';
    const { stdout } = await shell(script, [model.directory.path]);
    expect(stdout).toBe('3,000 files, 0 B, 0 B resident, empty\n');
  });
});
