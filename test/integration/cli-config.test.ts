import { copyFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BARE_ENVIRONMENT, cli, json } from '../support/cli.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/warmset.yaml', import.meta.url));
const BAD = 'sets:\n  - name: a\n    targets: [/m]\n    quotta: 8GiB\nlisten: 0.0.0.0:1\n';

describe('warmset config', () => {
  let directory: TemporaryDirectory;
  let bad: string;
  beforeAll(async () => {
    directory = await temporaryDirectory('config');
    bad = directory.file('bad.yaml');
    writeFileSync(bad, BAD);
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  const withEnv = (env: NodeJS.ProcessEnv) => ({ env: { ...BARE_ENVIRONMENT, ...env } });

  it('check says that the example is good', async () => {
    const { code, stdout, stderr } = await cli(['config', 'check', EXAMPLE]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${EXAMPLE}: good, 2 sets\n`);
  });

  it('check shows all that is wrong, each with its line, and exits with 2', async () => {
    const { code, stdout, stderr } = await cli(['config', 'check', bad]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n').slice(0, 4)).toEqual([
      `problem ${bad}:4:5: sets[0].quotta: there is no such key`,
      '      4 |     quotta: 8GiB',
      '        |     ^',
      '     do: did you mean quota?',
    ]);
    expect(stderr).toContain(`problem ${bad}:5:9: listen: `);
    expect(stderr).toMatch(/bad\.yaml: 2 problems\n$/);
  });

  it('check --json lists the same', async () => {
    const result = await cli(['config', 'check', '--json', bad]);
    expect(result).toMatchObject({ code: 2, stderr: '' });
    expect(json(result)).toMatchObject({
      schema: 'warmset.configCheck/1',
      good: false,
      problems: [
        { file: bad, line: 4, column: 5, path: 'sets[0].quotta' },
        { line: 5, column: 9, path: 'listen' },
      ],
    });
  });

  it.each([['missing'], ['.']])('check of what is no file (%s) exits with 2', async (name) => {
    const { code, stderr } = await cli(['config', 'check', directory.file(name)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^problem .*can't be read: E\w+: /);
  });

  it('check tells what is wrong although it is rolled back; show says what that comes to', async () => {
    const env = withEnv({ WARMSET_ENABLED: '0' });
    expect(await cli(['config', 'check', bad], env)).toMatchObject({ code: 2 });
    const { code, stdout, stderr } = await cli(['config', 'show', bad], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^enabled: false +# WARMSET_ENABLED$/m);
    expect(stderr).toMatch(/^warning .*quotta/);
  });

  it('finds warmset.yaml where it is called, and the environment where there is none', async () => {
    expect(
      await cli(['config', 'check'], { ...withEnv({ WARMSET_TARGETS: '/m' }), cwd: directory.path }),
    ).toMatchObject({
      code: 0,
      stdout: 'the environment: good, 1 set\n',
    });
    const inner = await temporaryDirectory('config');
    await using _inner = inner;
    copyFileSync(EXAMPLE, inner.file('warmset.yaml'));
    expect(await cli(['config', 'check'], { cwd: inner.path })).toMatchObject({
      code: 0,
      stdout: 'warmset.yaml: good, 2 sets\n',
    });
  });

  it('show prints a file that says the same, with where each value is from', async () => {
    const { code, stdout, stderr } = await cli(
      ['config', 'show', EXAMPLE],
      withEnv({ WARMSET_SHARE: '90%' }),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}interval: 30s +# line \d+$/m);
    expect(stdout).toMatch(/^share: 0\.9 +# WARMSET_SHARE$/m);
    expect(stdout).toMatch(/^ {2}whenHeld: wait +# default$/m);
    const again = directory.file('again.yaml');
    writeFileSync(again, stdout);
    const values = async (file: string, env = {}) => {
      const shown = json(await cli(['config', 'show', '--json', file], withEnv(env)));
      return (shown.values as { path: string; value: unknown }[]).map(({ path, value }) => [path, value]);
    };
    expect(await values(again)).toEqual(await values(EXAMPLE, { WARMSET_SHARE: '90%' }));
  });

  it('show of a bad file exits with 2 and says where to look', async () => {
    const { code, stdout, stderr } = await cli(['config', 'show', bad]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^warmset: .*bad\.yaml can't be used:\n +line 4, column 5: sets\[0\]\.quotta/);
    expect(stderr).toMatch(/^ {5}do: warmset config check/m);
  });

  it('warns of variables that mean nothing, on standard error, and is good all the same', async () => {
    const { code, stderr } = await cli(
      ['config', 'check', EXAMPLE],
      withEnv({ WARMSET_SWEEP_INTERVALL: '1' }),
    );
    expect(code).toBe(0);
    expect(stderr).toBe(
      'warning WARMSET_SWEEP_INTERVALL: means nothing to warmset\n     do: did you mean WARMSET_SWEEP_INTERVAL?\n',
    );
  });

  it("can't steer a terminal by what a file holds", async () => {
    const hostile = directory.file('hostile.yaml');
    writeFileSync(hostile, '"\\e[2J\\nwarmset: all is well": \x9b2J\nlisten: "\\e]0;owned\\a"\n');
    for (const action of ['check', 'show']) {
      const { code, stderr } = await cli(['config', action, hostile]);
      expect(code).toBe(2);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(stderr).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
      expect(stderr).not.toMatch(/^warmset: all is well/m);
    }
  });
});
