import { rename } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { resolveTargets } from '../../lib/index.ts';
import { fillBeside } from '../../lib/launch/beside/fill-beside.ts';
import type { BesideProgress } from '../../lib/launch/types.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, root } from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { owned } from '../support/owned.ts';
import { type Running, start } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;
const SIZE = 192 * MIB;

interface Model {
  readonly files: readonly string[];
  readonly set: Awaited<ReturnType<typeof resolveTargets>>;
  readonly bytes: number;
}

/** Two cold files. */
async function coldModel(directory: TemporaryDirectory): Promise<Model> {
  const files = [directory.file('first'), directory.file('second')];
  for (const file of files) {
    await writeRandomFile(file, SIZE);
    await evict(file);
  }
  return { files, set: await resolveTargets(files), bytes: files.length * SIZE };
}

async function residentBytes({ files }: Model): Promise<number> {
  const answers = await Promise.all(files.map((file) => oracle(file)));
  return answers.reduce((sum, { resident }) => sum + resident * PAGE_SIZE, 0);
}

interface LoaderOptions {
  readonly sleepMs?: number;
  readonly way?: 'mmap' | 'keep' | 'read' | 'scatter';
  readonly mibPerSecond?: number;
}

function startLoader(
  files: readonly string[],
  { sleepMs = 0, way = 'mmap', mibPerSecond = 0 }: LoaderOptions,
): Running {
  return owned(start(fixture('loader'), [String(sleepMs), way, String(mibPerSecond), ...files]));
}

function pidOf({ pid }: Running): number {
  if (pid === undefined) throw new Error('the loader did not start');
  return pid;
}

/** What the kernel fetched for the loader, bytes, by its own word. */
async function fetchedBy(loader: Running): Promise<number> {
  const [, bytes] = await loader.saw(/^loaded \S+ (\d+)$/m, 60_000);
  return Number(bytes);
}

describeWith([root, cc], 'a fill beside a loader', () => {
  it('has everything there before the loader asks, if that imports for long enough', async () => {
    await using directory = await temporaryDirectory('beside');
    const model = await coldModel(directory);
    const loader = startLoader(model.files, { sleepMs: 20_000 });
    const progress: BesideProgress[] = [];
    const result = await fillBeside(model.set, {
      pid: pidOf(loader),
      guard: false,
      onProgress: (one) => progress.push(one),
    });
    expect(result).toMatchObject({
      asked: model.bytes,
      residentBefore: 0,
      residentAfter: model.bytes,
      warmedAhead: model.bytes,
      leftToLoader: 0,
      dropped: 0,
      how: 'ahead',
      stopped: 'done',
      guard: null,
    });
    expect(progress.at(-1)).toMatchObject({ asked: model.bytes, loaderBytes: null });
    expect(await residentBytes(model)).toBe(model.bytes);
    // At once: what lies cold for seconds some kernels take away.
    process.kill(pidOf(loader), 'SIGUSR1');
    expect(await fetchedBy(loader)).toBeLessThan(MIB);
  });

  it.for(['mmap', 'read', 'scatter'] as const)(
    'shares a set with a loader that goes by %s at once, and nothing is read twice',
    async (way) => {
      await using directory = await temporaryDirectory('beside');
      const model = await coldModel(directory);
      const gone = new AbortController();
      const loader = startLoader(model.files, { way, mibPerSecond: 200 });
      const filling = fillBeside(model.set, { pid: pidOf(loader), watchOn: true, signal: gone.signal });
      const fetched = await fetchedBy(loader);
      gone.abort();
      const { warmedAhead, leftToLoader, residentAfter, firstReadMs } = await filling;
      expect(residentAfter).toBeGreaterThan(model.bytes - MIB);
      // Pages that both asked for at the same moment are counted for one of them only.
      expect(warmedAhead + fetched).toBeLessThanOrEqual(model.bytes + 2 * MIB);
      expect(warmedAhead).toBeGreaterThan(model.bytes / 4);
      expect(Math.abs((leftToLoader ?? 0) - fetched)).toBeLessThanOrEqual(16 * MIB);
      expect(firstReadMs).toBeGreaterThanOrEqual(0);
    },
  );

  it('does nothing where everything is resident', async () => {
    await using directory = await temporaryDirectory('beside');
    await writeRandomFile(directory.file('model'), MIB);
    const set = await resolveTargets([directory.file('model')]);
    const loader = startLoader([directory.file('model')], { sleepMs: 1_000 });
    expect(await fillBeside(set, { pid: pidOf(loader) })).toMatchObject({
      how: 'nothing',
      stopped: 'warm-already',
      warmedAhead: 0,
    });
  });

  it('keeps a window in front of the loader within the budget, and drops behind it', async () => {
    await using directory = await temporaryDirectory('beside');
    const model = await coldModel(directory);
    const budget = 128 * MIB;
    const loader = startLoader(model.files, { sleepMs: 1_000, way: 'read', mibPerSecond: 60 });
    const gone = new AbortController();
    const filling = fillBeside(model.set, {
      pid: pidOf(loader),
      guard: false,
      budget: { maxBytes: budget },
      dropBehind: true,
      signal: gone.signal,
    });
    let most = 0;
    const sampling = (async () => {
      while (!gone.signal.aborted) {
        most = Math.max(most, await residentBytes(model));
        await delay(50);
      }
    })();
    const fetched = await fetchedBy(loader);
    gone.abort();
    await sampling;
    const { how, dropped, warmedAhead } = await filling;
    expect(how).toBe('window');
    expect(most).toBeLessThanOrEqual(budget);
    expect(most).toBeGreaterThan(budget / 2);
    expect(dropped).toBeGreaterThan(model.bytes / 2);
    expect(warmedAhead + fetched).toBeLessThanOrEqual(model.bytes + 16 * MIB);
    expect(warmedAhead).toBeGreaterThan(model.bytes * 0.7);
  });

  it('without dropping stops at the budget', async () => {
    await using directory = await temporaryDirectory('beside');
    const model = await coldModel(directory);
    const budget = { maxBytes: 96 * MIB };
    const loader = startLoader(model.files, { sleepMs: 60_000 });
    const signal = AbortSignal.timeout(3_000);
    const result = await fillBeside(model.set, { pid: pidOf(loader), guard: false, budget, signal });
    expect(result).toMatchObject({ how: 'window', stopped: 'budget', dropped: 0 });
    const resident = await residentBytes(model);
    expect(resident).toBeLessThanOrEqual(budget.maxBytes);
    expect(resident).toBeGreaterThan(budget.maxBytes / 2);
  });

  it('ends when the server is killed', async () => {
    await using directory = await temporaryDirectory('beside');
    const model = await coldModel(directory);
    const loader = startLoader(model.files, { way: 'read', mibPerSecond: 20 });
    await loader.saw(/^loading$/m);
    // The loader sets the pace: there is always something in front of it.
    const filling = fillBeside(model.set, {
      pid: pidOf(loader),
      guard: false,
      how: 'read-ahead',
      budget: { maxBytes: 64 * MIB },
    });
    await delay(500);
    process.kill(pidOf(loader), 'SIGKILL');
    const { stopped } = await filling;
    expect(['aborted', 'budget']).toContain(stopped);
  });

  it('ends within a window when the server is ready', async () => {
    await using directory = await temporaryDirectory('beside');
    const model = await coldModel(directory);
    const loader = startLoader(model.files, { sleepMs: 60_000 });
    const controller = new AbortController();
    const result = await fillBeside(model.set, {
      pid: pidOf(loader),
      guard: false,
      signal: controller.signal,
      onProgress: ({ read }) => {
        if (read > 0) controller.abort();
      },
    });
    expect(result.stopped).toBe('aborted');
    expect(result.warmedAhead).toBeGreaterThan(0);
    expect(result.residentAfter).toBe(await residentBytes(model));
  });

  it('leaves out a file that another took the place of', async () => {
    await using directory = await temporaryDirectory('beside');
    const model = await coldModel(directory);
    await writeRandomFile(directory.file('other'), MIB);
    await rename(directory.file('other'), model.files[0] ?? '');
    const loader = startLoader(model.files, { sleepMs: 60_000 });
    const result = await fillBeside(model.set, { pid: pidOf(loader), guard: false });
    expect(result).toMatchObject({ stopped: 'done', warmedAhead: SIZE });
    expect(result.why).toContain(`${model.files[0]} changed, went or can't be read`);
    expect((await oracle(model.files[1] ?? '')).resident * PAGE_SIZE).toBe(SIZE);
  });

  it('isn’t slowed for the loader’s sake by the guard', async () => {
    await using directory = await temporaryDirectory('beside');
    const model = await coldModel(directory);
    const loader = startLoader(model.files, { way: 'read', mibPerSecond: 100 });
    const { guard } = await fillBeside(model.set, { pid: pidOf(loader) });
    expect(guard?.lastReason?.code).not.toBe('others-read');
  });
});

it('refuses what is no process', async () => {
  const set = await resolveTargets([import.meta.filename]);
  await expect(fillBeside(set, { pid: 0 })).rejects.toMatchObject({ code: 'WARMSET_BAD_ARGUMENT' });
});
