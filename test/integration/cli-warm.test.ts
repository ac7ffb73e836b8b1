import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { cc, describeWith, fuse, itWith, root } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import {
  halfWarm,
  halfWarmModel,
  MODEL_BYTES,
  type ModelDirectory,
  residentBytesOf,
  truthOf,
} from '../support/model-directory.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';

describeWith(cc, 'warmset warm', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
  });
  afterAll(() => model[Symbol.asyncDispose]());
  beforeEach(() => halfWarm(model));

  it('--json says what was done, and the oracle agrees', async () => {
    const before = await Promise.all(model.files.map(truthOf));
    const result = await cli(['warm', '--json', model.path]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const resident = before.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
    expect(json(result)).toEqual({
      guard: { goSeconds: expect.any(Number), slowSeconds: 0, pauseSeconds: 0, lastReason: null },
      schema: 'warmset.warm/1',
      asked: MODEL_BYTES,
      alreadyResident: resident,
      read: MODEL_BYTES - resident,
      residentNow: MODEL_BYTES,
      lost: 0,
      lostTo: null,
      unverifiedFiles: 0,
      engine: expect.stringMatching(/^(populate|sendfile)$/),
      why: expect.stringMatching(/\w/),
      streams: 8,
      windowBytes: 4 << 20,
      bytesPerSecond: expect.any(Number),
      seconds: expect.any(Number),
      budget: expect.objectContaining({ binding: expect.stringMatching(/^(fractionOfAvailable|cgroup)$/) }),
      stopped: null,
      files: model.files.map((path, index) => {
        const { size, residentBytes } = before[index] ?? { size: NaN, residentBytes: NaN };
        return {
          path,
          asked: size,
          alreadyResident: residentBytes,
          read: size - residentBytes,
          residentNow: size,
          lost: 0,
          error: null,
        };
      }),
      failures: [],
    });
    expect(await residentBytesOf(model.files)).toBe(MODEL_BYTES);
    const { bytesPerSecond, read, seconds } = json(result);
    expect(bytesPerSecond).toBeCloseTo(Number(read) / Number(seconds), -3);
  });

  it('prints asked, resident, read, lost, the engine with its reason and the limit that binds', async () => {
    const { code, stdout, stderr } = await cli(['warm', model.path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^asked {13}767 KiB$/),
      expect.stringMatching(/^already resident {2}383 KiB$/),
      expect.stringMatching(/^read {14}385 KiB in .+ .?s, .+iB\/s$/),
      expect.stringMatching(/^resident now {6}767 KiB, 100 %, measured after the fill$/),
      'lost meanwhile    0 B',
      expect.stringMatching(/^engine {12}\w+, 8 streams: .+/),
      expect.stringMatching(/^budget {12}.+iB: .+/),
      '',
    ]);
    const again = json(await cli(['warm', '--json', model.path]));
    expect(again).toMatchObject({ read: 0, bytesPerSecond: null, alreadyResident: MODEL_BYTES });
  });

  it('stops at the budget with 3, says so first, and never goes past it', async () => {
    const args = ['--max-bytes', '500KiB', '--engine', 'read', '--streams', '1', model.path];
    const { code, stdout, stderr } = await cli(['warm', ...args]);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^warmset: the budget allows 500 KiB of the 767 KiB asked for .* will not be read$/m,
    );
    expect(stderr).toMatch(/^ {5}do: raise --max-bytes/m);
    expect(stdout).toMatch(/^engine {12}read, 1 stream: asked for$/m);
    expect(stdout).toMatch(/^stopped {11}the budget allows 500 KiB .* were left out$/m);
    expect(await residentBytesOf(model.files)).toBeLessThanOrEqual(500 * 1024);
    const document = json(await cli(['warm', '--json', ...args]));
    expect(document).toMatchObject({
      engine: 'read',
      stopped: { reason: 'budget', detail: expect.any(String) },
    });
  });

  it('does what it can when a target is missing, and exits with 1', async () => {
    const missing = model.directory.file('gone');
    const { code, stderr } = await cli(['warm', missing, model.path]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${missing}: no such file or directory (ENOENT)`);
    expect(await residentBytesOf(model.files)).toBe(MODEL_BYTES);
  });

  itWith([root, fuse], 'names the file that fails with EIO, does the others, and exits with 1', async () => {
    const mount = owned(await mountSlowfs(model.path, { faults: { eioPath: 'shard-2.safetensors' } }));
    const { code, stdout } = await cli(['warm', '--quiet', mount.path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^not done \S+\/shard-2\.safetensors: i\/o error.* \(EIO\)$/m);
    const document = json(await cli(['warm', '--json', mount.path]));
    expect(document).toMatchObject({ stopped: null });
    const errors = (document.files as { path: string; error: null | { code: string } }[])
      .filter(({ error }) => error !== null)
      .map(({ path, error }) => [path, error?.code]);
    expect(errors).toEqual([[mount.file('shard-2.safetensors'), 'EIO']]);
  });

  itWith(
    [root, fuse],
    'tells a log how far it is now and then, and nothing when quiet',
    async () => {
      const mount = owned(await mountSlowfs(model.path, { faults: { delayUs: 700_000 } }));
      const slow = ['--no-guard', '--engine', 'read', '--streams', '1', '--window', '4KiB', mount.path];
      const [loud] = await Promise.all([cli(['warm', ...slow])]);
      expect(loud.code).toBe(0);
      expect(loud.stderr).toMatch(/^(warming: [\d.<]+ %, [\d.]+ \/ 767 KiB, .*\n)+$/);
      expect(loud.stderr).not.toContain('\x1b');
      await cli(['evict', mount.path]);
      const quiet = await cli(['warm', '--quiet', ...slow]);
      expect(quiet).toMatchObject({ code: 0, stderr: '' });
      expect(quiet.stdout).toContain('resident now');
    },
    60_000,
  );
});
