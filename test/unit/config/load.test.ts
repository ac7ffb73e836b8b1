import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, type Environment, loadConfig } from '../../../lib/config/index.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temp.ts';
import { inShort, withSets } from './problems.ts';

describe('loadConfig', () => {
  let directory: TemporaryDirectory;
  beforeAll(async () => {
    directory = await temporaryDirectory('config');
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  function file(content: string | Buffer): string {
    const path = directory.file('warmset.yaml');
    writeFileSync(path, content);
    return path;
  }

  async function refusal(path: string | undefined, env: Environment = {}): Promise<ConfigError> {
    const error: unknown = await loadConfig(path, { env }).catch((reason: unknown) => reason);
    if (ConfigError.is(error)) return error;
    throw new Error(`not refused with problems: ${String(error)}`);
  }

  it('reads a file, and the environment over it', async () => {
    const { config } = await loadConfig(file(withSets('share: 0.5')), {
      env: { WARMSET_SWEEP_INTERVAL: '5s' },
    });
    expect(config).toMatchObject({ share: 0.5, sweep: { interval: 5000 } });
  });

  it('needs no file where the environment has targets', async () => {
    const { config } = await loadConfig(undefined, { env: { WARMSET_TARGETS: '/m' } });
    expect(config.sets).toMatchObject([{ name: 'default', targets: ['/m'] }]);
    const { problems } = await refusal(undefined);
    expect(inShort(problems)).toEqual([
      'null:null sets: is missing; name a configuration file, or give targets in WARMSET_TARGETS',
    ]);
  });

  it.each([
    ['is missing', () => directory.file('missing'), /^can't be read: ENOENT: no such file or directory$/],
    ['is a directory', () => directory.path, /^can't be read: EISDIR/],
    ['is larger than 1 MiB', () => file(Buffer.alloc((1 << 20) + 1, '#')), /^is larger than 1 MiB$/],
    ['never ends', () => '/dev/zero', /^is larger than 1 MiB$/],
  ])('refuses a file that %s', async (_what, path, message) => {
    const { code, problems } = await refusal(path());
    expect(code).toBe('WARMSET_BAD_CONFIG');
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(message);
  });

  it('takes a file of 1 MiB', async () => {
    const text = `${withSets('#')}`;
    expect((await loadConfig(file(text.padEnd(1 << 20, '#')), { env: {} })).config.share).toBe(1);
  });

  it('says where a byte is not UTF-8, whatever is before it', async () => {
    const before = Buffer.from('a: 1\n# ü\ufffd😀 ');
    const { problems } = await refusal(file(Buffer.concat([before, Buffer.from([0xff, 0x0a])])));
    expect(inShort(problems)).toEqual(['2:8 : a byte here is not UTF-8; save the file as UTF-8']);
  });

  it('stops when it is told to', async () => {
    const reason = new Error('enough');
    const loading = loadConfig(file(withSets('')), { env: {}, signal: AbortSignal.abort(reason) });
    await expect(loading).rejects.toBe(reason);
  });

  it.each([
    ['a broken file', () => file('sets: [')],
    ['a wrong file', () => file(withSets('shar: 1'))],
    ['no file', () => directory.file('missing')],
    ['nothing', () => undefined],
  ])('does nothing with %s while it is rolled back, and says why', async (_what, path) => {
    for (const value of ['0', 'false', 'No', 'OFF']) {
      const { config, warnings, values } = await loadConfig(path(), { env: { WARMSET_ENABLED: value } });
      expect(config).toMatchObject({ enabled: false, sets: [] });
      expect(warnings.length).toBeGreaterThan(0);
      expect(values[0]?.source).toEqual({ kind: 'environment', variable: 'WARMSET_ENABLED' });
    }
    await refusal(path(), { WARMSET_ENABLED: '1' });
  });

  it('keeps the sets of a good file while it is rolled back', async () => {
    const { config } = await loadConfig(file(withSets('')), { env: { WARMSET_ENABLED: '0' } });
    expect(config.enabled).toBe(false);
    expect(config.sets).toHaveLength(1);
  });

  it('names the file in its message, and every problem', async () => {
    const { message } = await refusal(file('share: 2'));
    expect(message).toMatch(/^\/.*\/warmset\.yaml can't be used:\nline 1, column 1: sets: is missing\n/);
  });
});
