import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readFile, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { HostGuard } from '../../lib/fill/index.ts';
import {
  type FootprintOptions,
  type FootprintReport,
  type ReadingSummary,
  readInventory,
  reportFootprint,
  takeFootprint,
} from '../../lib/storage/footprint/index.ts';
import { evict } from '../support/cache.ts';
import { btrfsLoop, cc, describeWith, root, xfsLoop } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { type LoopFilesystem, mountLoop } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { mustRun } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;

async function footprint(
  path: string,
  options: FootprintOptions = {},
): Promise<FootprintReport & { reading: ReadingSummary }> {
  const { inventory, reading } = await takeFootprint([path], { guard: false, node: 'here', ...options });
  return { ...reportFootprint(inventory), reading };
}

/** A hub cache, Ollama's store, a GGUF directory: three times the same 4 MiB, and 3 MiB of something else. */
async function backends(path: (...names: string[]) => string): Promise<string> {
  await writeRandomFile(path('w'), 4 * MIB, 1);
  const hex = createHash('sha256')
    .update(await readFile(path('w')))
    .digest('hex');
  const hub = 'hub/models--Qwen--Q3';
  const manifests = 'ollama/manifests/registry.ollama.ai/library/qwen3';
  for (const name of [`${hub}/blobs`, `${hub}/snapshots/c`, 'ollama/blobs', manifests, 'gguf']) {
    await mkdir(path(name), { recursive: true });
  }
  for (const copy of [`${hub}/blobs/${hex}`, `ollama/blobs/sha256-${hex}`])
    await copyFile(path('w'), path(copy));
  await symlink(`../../blobs/${hex}`, path(hub, 'snapshots/c/model.safetensors'));
  await writeFile(path(manifests, '8b'), JSON.stringify({ layers: [{ digest: `sha256:${hex}` }] }));
  await mustRun('mv', [path('w'), path('gguf/q3.gguf')]);
  await writeRandomFile(path('gguf/other.gguf'), 3 * MIB, 2);
  return hex;
}

describeWith([cc, root, xfsLoop, btrfsLoop], 'storage footprint', () => {
  it('finds one model in three backends, reads little of it, and leaves nothing in the cache', async () => {
    await using directory = await temporaryDirectory();
    const hex = await backends((...names) => directory.file(...names));
    const file = directory.file('gguf/q3.gguf');
    await evict(file);
    const report = await footprint(directory.path);
    expect(report.savable).toMatchObject({ bytes: 8 * MIB, certainBytes: 0 });
    expect(report.backends.map(({ name }) => name).sort()).toEqual(['gguf', 'hugging-face', 'ollama']);
    expect(report.models.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Qwen/Q3', 'qwen3:8b', 'q3', 'other']),
    );
    // Head and tail of three files; the one that has no twin by its size isn't opened.
    expect(report.reading).toMatchObject({ readBytes: 3 * (2 << 16), leftPages: 0 });
    const sure = await footprint(directory.path, { verify: true });
    expect(sure.savable).toMatchObject({ bytes: 8 * MIB, certainBytes: 8 * MIB });
    expect(sure.duplicates).toMatchObject([{ hash: hex, evidence: 'name' }]);
    expect(sure.reading.leftPages).toBe(0);
    expect(await residentBytes(file)).toBe(0);
  });

  it('isn’t fooled by equal ends: what differs in the middle is told apart by reading it', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('a.bin'), 2 * MIB, 1);
    const bytes = await readFile(directory.file('a.bin'));
    bytes[MIB] = (bytes[MIB] ?? 0) ^ 1;
    await writeFile(directory.file('b.bin'), bytes);
    expect((await footprint(directory.path)).savable.bytes).toBe(2 * MIB);
    expect((await footprint(directory.path, { verify: true })).savable.bytes).toBe(0);
  });

  it('counts hard links once and holes not at all', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('a.bin'), 2 * MIB);
    await link(directory.file('a.bin'), directory.file('b.bin'));
    await writeFile(directory.file('hole.bin'), '');
    await truncate(directory.file('hole.bin'), 64 * MIB);
    await symlink('a.bin', directory.file('c.bin'));
    const { total, savable } = await footprint(directory.path);
    expect(total).toMatchObject({ files: 2, apparentBytes: 68 * MIB, onDiskBytes: 2 * MIB });
    expect(savable.bytes).toBe(0);
  });

  it.each<LoopFilesystem>(['xfs', 'btrfs'])('counts what files share on %s once', async (kind) => {
    const mount = owned(await mountLoop(kind));
    await writeRandomFile(mount.file('a.bin'), 8 * MIB);
    await mustRun('cp', ['--reflink=always', mount.file('a.bin'), mount.file('b.bin')]);
    await mustRun('cp', ['--reflink=never', mount.file('a.bin'), mount.file('c.bin')]);
    await mustRun('sync', ['-f', mount.path]);
    const { total, savable, sharingUnknownFiles } = await footprint(mount.path);
    expect(sharingUnknownFiles).toBe(0);
    expect(total).toMatchObject({ apparentBytes: 24 * MIB, onDiskBytes: 16 * MIB, uniqueBytes: 8 * MIB });
    expect(savable.bytes).toBe(8 * MIB);
  });

  it('says that it is unknown what compressed files share, and counts them in full', async () => {
    const mount = owned(await mountLoop('btrfs'));
    await mustRun('mount', ['-o', 'remount,compress-force=zstd', mount.path]);
    await writeFile(mount.file('a.bin'), 'warm '.repeat(MIB));
    await mustRun('sync', ['-f', mount.path]);
    await mustRun('cp', ['--reflink=always', mount.file('a.bin'), mount.file('b.bin')]);
    expect((await footprint(mount.path)).sharingUnknownFiles).toBe(2);
  });

  it('reads no unchanged file again, and a changed one does', async () => {
    await using directory = await temporaryDirectory();
    await using elsewhere = await temporaryDirectory();
    const save = elsewhere.file('here.json');
    for (const name of ['a.bin', 'b.bin']) await writeRandomFile(directory.file(name), 2 * MIB, 1);
    const first = await footprint(directory.path, { save, verify: true });
    expect(first.reading.readBytes).toBe(2 * (2 << 16) + 4 * MIB);
    const second = await footprint(directory.path, { save, verify: true });
    expect(second.reading.readBytes).toBe(0);
    expect(second.savable.certainBytes).toBe(2 * MIB);
    await utimes(directory.file('b.bin'), 1, 1);
    const third = await footprint(directory.path, { save, verify: true });
    expect(third.reading.readBytes).toBe((2 << 16) + 2 * MIB);
    expect(await readInventory(save)).toMatchObject({ nodes: ['here'] });
  });

  it('keeps what was read when it is aborted', async () => {
    await using directory = await temporaryDirectory();
    await using elsewhere = await temporaryDirectory();
    const save = elsewhere.file('here.json');
    for (const name of ['a.bin', 'b.bin', 'c.bin']) await writeRandomFile(directory.file(name), 8 * MIB, 1);
    const stop = new AbortController();
    const onProgress = (read: number): void => {
      if (read > 8 * MIB) stop.abort(new Error('enough'));
    };
    const options = { save, verify: true, signal: stop.signal, onProgress };
    await expect(footprint(directory.path, options)).rejects.toThrow('enough');
    const { files } = await readInventory(save);
    expect(files.filter(({ hash }) => hash !== null)).toHaveLength(1);
  });

  it('runs under a guard unless told otherwise', async () => {
    await using directory = await temporaryDirectory();
    for (const name of ['a.bin', 'b.bin']) await writeRandomFile(directory.file(name), 2 * MIB, 1);
    const { inventory, reading } = await takeFootprint([directory.path], { verify: true });
    expect(reading).toMatchObject({ stopped: null, readBytes: 2 * (2 << 16) + 4 * MIB });
    expect(reportFootprint(inventory).duplicates).toMatchObject([{ evidence: 'read' }]);
  });

  it('tells why the guard stopped it, and keeps what was found', async () => {
    await using directory = await temporaryDirectory();
    await using elsewhere = await temporaryDirectory();
    const save = elsewhere.file('here.json');
    for (const name of ['a.bin', 'b.bin']) await writeRandomFile(directory.file(name), 2 * MIB, 1);
    const guard = new HostGuard({ limits: { memoryFloorBytes: 2 ** 50, stopAfterSeconds: 0.2 } });
    const { reading, total } = await footprint(directory.path, { guard, save, verify: true });
    expect(reading.stopped).toContain('MemAvailable');
    expect(reading.readBytes).toBeLessThan(2 * (2 << 16) + 4 * MIB);
    expect(total.onDiskBytes).toBe(4 * MIB);
    expect((await readInventory(save)).files).toHaveLength(2);
  });

  it('merges nodes, prints every format, and refuses what is no inventory', async () => {
    await using directory = await temporaryDirectory();
    await using elsewhere = await temporaryDirectory();
    await backends((...names) => directory.file(...names));
    const saved = ['a', 'b'].map((node) => elsewhere.file(`${node}.json`));
    for (const [at, file] of saved.entries()) {
      const node = ['a', 'b'][at] ?? '';
      expect((await cli(['storage', 'footprint', '--save', file, '--node', node, directory.path])).code).toBe(
        0,
      );
    }
    const merge = ['storage', 'footprint', '--merge', ...saved];
    const document = json(await cli([...merge, '--json']));
    expect(document).toMatchObject({
      schema: 'warmset.footprint/1',
      savable: { acrossNodesBytes: 7 * MIB },
      nodes: [{ name: expect.any(String) }, { name: expect.any(String) }],
    });
    const csv = await cli([...merge, '--format', 'csv']);
    expect(csv.stdout).toMatch(/^by,name,files,apparent_bytes,/);
    expect(csv.stdout).toMatch(/^node,a,\d+,/m);
    expect((await cli([...merge, '--format', 'markdown'])).stdout).toContain('| Backend | Files |');
    expect((await cli(merge)).stdout).toContain('A shared base would save');
    await writeFile(elsewhere.file('mine'), 'precious\n');
    const refused = await cli(['storage', 'footprint', '--save', elsewhere.file('mine'), directory.path]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(await readFile(elsewhere.file('mine'), 'utf8')).toBe('precious\n');
    expect((await cli(['storage', 'footprint'])).code).toBe(2);
    const missing = await cli(['storage', 'footprint', directory.file('missing')]);
    expect(missing.code).toBe(1);
    expect(missing.stdout).toContain('ENOENT');
  });
});
