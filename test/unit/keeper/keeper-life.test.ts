import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WarmsetError } from '../../../lib/errors.ts';
import type { KeeperEvents } from '../../../lib/keeper/types.ts';
import { FakeHost, PAGE } from '../../support/fake-host.ts';
import { closeAll, INTERVAL, make, tick } from '../../support/made-keeper.ts';

const FILE = 10 * PAGE;
const SETS = [{ name: 'm', targets: ['/m'] }];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(closeAll);

describe('closing', () => {
  test('ends a fill, keeps what was done, lets the lock go; and twice is once', async () => {
    const { keeper, host, fills, states } = make();
    host.onWarm = (set, options) =>
      new Promise((resolve) => {
        options.signal?.addEventListener('abort', () => resolve(host.warm(set, options)));
      });
    await keeper.start();
    await tick();
    expect(keeper.state.name).toBe('filling');
    expect(host.lockHeld).toBe(true);
    await Promise.all([keeper.close(), keeper.close()]);
    expect(fills).toHaveLength(1);
    expect(keeper.view().sweep?.sets[0]).toMatchObject({ refilledBytes: FILE, residentBytes: FILE });
    expect(host.lockHeld).toBe(false);
    expect(states.at(-1)).toMatchObject({ name: 'stopped', why: 'closed' });
    await keeper.start();
    expect(await keeper.sweep()).toBeNull();
  });

  test('takes less than a second even when a fill does not end', async () => {
    const { keeper, host } = make();
    host.onWarm = () => new Promise(() => {});
    await keeper.start();
    await tick();
    const closed = vi.fn();
    void keeper.close().then(closed);
    await tick(999);
    expect(closed).toHaveBeenCalled();
    expect(host.lockHeld).toBe(false);
  });

  test('leaves no listener on anybody, after many sweeps', async () => {
    const host = new FakeHost();
    host.add('/m/a', FILE);
    const signals = new Set<AbortSignal>();
    const dependencies = host.dependencies();
    const { keeper } = make(
      { watch: { pid: 1 } },
      {
        acquireLock: (directory, options) => {
          signals.add(options.signal);
          const add = vi.spyOn(options.signal, 'addEventListener');
          const remove = vi.spyOn(options.signal, 'removeEventListener');
          counts.push(() => add.mock.calls.length - remove.mock.calls.length);
          return dependencies.acquireLock(directory, options);
        },
      },
      host,
    );
    const counts: (() => number)[] = [];
    await keeper.start();
    await tick(INTERVAL * 3);
    const before = counts.map((count) => count());
    await tick(INTERVAL * 50);
    expect(counts.map((count) => count())).toEqual(before);
    await keeper.close();
    expect(host.openHitWatches).toBe(0);
    expect(signals.size).toBe(1);
  });
});

describe('one keeper a node', () => {
  test('a second one waits, says so, and takes over', async () => {
    const { keeper, host } = make();
    const told: string[] = [];
    keeper.on('lock', ({ state }) => told.push(state));
    host.lockHeld = true;
    await keeper.start();
    expect(keeper.state).toEqual({ name: 'idle', nextSweepAtMs: null });
    await tick(INTERVAL);
    expect(host.resident).toBe(0);
    expect(keeper.view().health).toMatchObject({ live: true, ready: false });
    host.lockHeld = false;
    await tick(20);
    expect(host.resident).toBe(FILE);
    expect(told).toEqual(['waiting', 'held']);
  });

  test('closed while it waits, it goes', async () => {
    const { keeper, host } = make();
    host.lockHeld = true;
    await keeper.start();
    const closed = keeper.close();
    await tick(20);
    await closed;
    expect(keeper.state).toMatchObject({ name: 'stopped', why: 'closed' });
  });

  test('or it leaves, as told', async () => {
    const { keeper, host } = make({ lock: { whenHeld: 'leave' } });
    host.lockHeld = true;
    await keeper.start();
    expect(keeper.state).toMatchObject({ name: 'stopped', why: 'other-keeper' });
    expect(await keeper.sweep()).toBeNull();
    expect(host.resident).toBe(0);
  });

  test('a lock that can not be taken stops it, with the reason; without a lock there is none', async () => {
    const acquireLock = async () => {
      throw new WarmsetError('WARMSET_BAD_ARGUMENT', 'no such directory');
    };
    const { keeper } = make({}, { acquireLock });
    await keeper.start();
    expect(keeper.state).toMatchObject({
      why: 'failed',
      detail: expect.stringContaining('no such directory'),
    });
    const free = make({ lock: false }, { acquireLock });
    await free.keeper.start();
    await tick();
    expect(free.host.resident).toBe(FILE);
  });
});

describe('the rollback flag', () => {
  test('nothing is done, and that is healthy', async () => {
    const { keeper, host } = make({ enabled: false });
    await keeper.start();
    expect(await keeper.sweep()).toBeNull();
    expect(keeper.state).toMatchObject({ name: 'stopped', why: 'disabled' });
    expect(keeper.view().health).toMatchObject({ live: true, ready: true });
    expect(host.locks).toEqual([]);
  });

  test('a reload switches it off and on again', async () => {
    const { keeper, host } = make();
    await keeper.start();
    await tick();
    expect(await keeper.reload({ sets: SETS, enabled: false })).toBe(true);
    expect(keeper.state).toMatchObject({ why: 'disabled' });
    expect(host.lockHeld).toBe(false);
    host.add('/m/b', FILE);
    await tick(2 * INTERVAL);
    expect(host.resident).toBe(FILE);
    await keeper.reload({ sets: SETS });
    await tick();
    expect(host.resident).toBe(2 * FILE);
    expect(host.lockHeld).toBe(true);
  });
});

describe('reload', () => {
  test('goes on with the new sets at once, and says what changes', async () => {
    const { keeper, host } = make();
    const changes: KeeperEvents['config'][0][] = [];
    keeper.on('config', (change) => changes.push(change));
    host.add('/n/b', FILE);
    await keeper.start();
    await tick();
    const more = [...SETS, { name: 'n', targets: ['/n'] }];
    expect(await keeper.reload({ sets: more, lock: { directory: '/other' } })).toBe(true);
    await tick();
    expect(host.resident).toBe(2 * FILE);
    expect(changes).toEqual([
      {
        accepted: true,
        lines: [
          'lock.directory: /run/warmset -> /other (from the next start on)',
          'sets.n: added, with targets [/n]',
        ],
      },
    ]);
    expect(host.locks).toEqual(['/run/warmset']);
  });

  test('what can not be used is refused, and the old goes on', async () => {
    const { keeper, host } = make();
    const changes: KeeperEvents['config'][0][] = [];
    keeper.on('config', (change) => changes.push(change));
    await keeper.start();
    await tick();
    expect(await keeper.reload({ sets: [...SETS, ...SETS] })).toBe(false);
    const missing = async () => {
      throw new Error('no file');
    };
    expect(await keeper.reload(missing)).toBe(false);
    expect(changes.map(({ accepted, lines }) => [accepted, lines.length])).toEqual([
      [false, 1],
      [false, 1],
    ]);
    for (const file of host.files.values()) file.resident = 0;
    await tick(INTERVAL);
    expect(host.resident).toBe(FILE);
  });
});

describe('beside the sweep', () => {
  const known = { path: '/m/a', dev: 1n, ino: 1n, size: FILE, state: 'known', modifiedNs: 0n } as const;
  const snapshot = {
    pageSize: PAGE,
    savedAt: 0,
    files: [
      { ...known, runs: Float64Array.of(0, 2) },
      { ...known, path: '/elsewhere', runs: Float64Array.of(0, 9) },
    ],
  };

  test('a snapshot is restored first, of the own files alone, and saved when due', async () => {
    const host = new FakeHost();
    host.add('/m/a', FILE);
    const restored: string[][] = [];
    host.onRestore = async (source, options) => {
      restored.push(source.files.map(({ path }) => path));
      const set = { files: [{ path: '/m/a', dev: 1n, ino: 1n, size: FILE }] };
      const fill = await host.warm(set as never, { ...options, budget: { maxBytes: 2 * PAGE } });
      return { files: [], recorded: 0, beside: 0, fill };
    };
    let saves = 0;
    const { keeper, fills } = make(
      { snapshot: { path: '/snap', interval: 2 * INTERVAL, restoreAtStart: true } },
      {
        readSnapshot: async () => snapshot as never,
        saveSnapshot: async () => {
          saves += 1;
          return { residentBytes: FILE } as never;
        },
      },
      host,
    );
    const told: KeeperEvents['snapshot'][0][] = [];
    keeper.on('snapshot', (one) => told.push(one));
    await keeper.start();
    await tick();
    expect(restored).toEqual([['/m/a']]);
    expect(fills.map(({ readBytes }) => readBytes)).toEqual([2 * PAGE, 8 * PAGE]);
    expect(told[0]).toEqual({
      what: 'restored',
      path: '/snap',
      recordedBytes: 2 * PAGE,
      readBytes: 2 * PAGE,
    });
    expect(saves).toBe(1);
    await tick(2.2 * INTERVAL);
    expect(saves).toBe(2);
    expect(restored).toHaveLength(1);
  });

  test('nothing is saved while it backs off: what was evicted would be forgotten', async () => {
    const saveSnapshot = vi.fn();
    const { keeper, host } = make({ snapshot: { path: '/snap' } }, { saveSnapshot });
    host.lossShare = 1;
    await keeper.sweep();
    expect(saveSnapshot).not.toHaveBeenCalled();
  });

  test('what fails there is a problem, and the keeper goes on', async () => {
    const broken = async () => {
      throw new Error('broken');
    };
    const { keeper, host, problems } = make(
      { snapshot: { path: '/snap', restoreAtStart: true }, watch: { pid: 1 } },
      {
        readSnapshot: broken,
        saveSnapshot: broken,
        probeReads: broken,
        createHitWatch: () => ({ sample: broken, close: () => {} }),
      },
    );
    await keeper.start();
    await tick(1_000);
    expect(problems.map(({ what }) => what)).toEqual(['snapshot', 'watch', 'snapshot', 'probe']);
    expect(host.resident).toBe(FILE);
  });

  test('probes are told by kind, of a few files', async () => {
    const probeOpenMmap = vi.fn(async () => ({ opens: [{ openMs: 1, mmapMs: 2 }] }) as never);
    const read = { state: 'read', milliseconds: 3 } as const;
    const probeReads = vi.fn(async () => ({ samples: [read, { state: 'not-measured' }] }) as never);
    const { keeper } = make({ probe: { interval: 5_000, files: 3 } }, { probeOpenMmap, probeReads });
    const told: [string, readonly number[]][] = [];
    keeper.on('probe', ({ kind, milliseconds }) => told.push([kind, milliseconds]));
    await keeper.start();
    await tick(1_000);
    expect(told).toEqual([
      ['open', [1]],
      ['mmap', [2]],
      ['read', [3]],
    ]);
    expect(probeReads).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ count: 3 }));
    await tick(5_000);
    expect(told).toHaveLength(6);
  });
});
