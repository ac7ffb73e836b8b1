import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KeeperDependencies } from '../../../lib/keeper/dependencies.ts';
import { FakeHost, PAGE } from '../../support/fake-host.ts';
import { closeAll, INTERVAL, make, tick } from '../../support/made-keeper.ts';

const FILE = 10 * PAGE;
const pause = { action: 'pause', reason: { code: 'memory-fell', message: 'it fell' } } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(closeAll);

describe('what would do harm', () => {
  test('pages that are lost while they are read: it backs off, measures on, doubles, and comes back when all is calm', async () => {
    const { keeper, host, fills, states } = make();
    host.lossShare = 0.5;
    await keeper.start();
    await tick();
    expect(keeper.state).toMatchObject({ name: 'backing-off', reason: { code: 'evicted-again' } });
    expect(keeper.view().sweep?.held).toMatchObject({ code: 'evicted-again' });
    // The back-off of one interval, a tenth of it shorter at most, and the next sweep tries again.
    await tick(INTERVAL);
    expect(fills).toHaveLength(2);
    const sweeps = states.filter(({ name }) => name === 'sweeping').length;
    await tick(INTERVAL);
    expect(fills).toHaveLength(2);
    expect(states.filter(({ name }) => name === 'sweeping').length).toBeGreaterThan(sweeps);
    expect(keeper.view().health).toMatchObject({ live: true, ready: true });
    host.lossShare = 0;
    await tick(2 * INTERVAL);
    expect(keeper.state.name).toBe('idle');
    expect(host.resident).toBe(FILE);
    // A calm sweep ends it: the next harm is a first one again.
    await tick(INTERVAL);
    for (const file of host.files.values()) file.resident = 0;
    host.lossShare = 0.5;
    await tick(INTERVAL);
    const { state } = keeper;
    if (state.name !== 'backing-off') throw new Error(state.name);
    expect(state.untilMs - Date.now()).toBeLessThanOrEqual(INTERVAL);
  });

  test('what was refilled and is gone again, twice in a row', async () => {
    const { keeper, host, fills } = make();
    const evict = (): void => {
      for (const file of host.files.values()) file.resident = 0;
    };
    await keeper.start();
    await tick();
    evict();
    await tick(INTERVAL);
    expect(fills).toHaveLength(2);
    evict();
    await tick(INTERVAL);
    expect(fills).toHaveLength(2);
    expect(keeper.state).toMatchObject({ name: 'backing-off', reason: { code: 'evicted-again' } });
  });

  test('a guard that stopped the fill', async () => {
    const { keeper, host } = make();
    host.onWarm = async (set, options) => {
      host.guard?.onVerdict({ ...pause, action: 'stop' });
      const result = await host.warm({ ...set, files: [] }, options);
      return { ...result, stopped: { reason: 'guard', detail: 'paused for a minute' } };
    };
    await keeper.start();
    await tick();
    expect(keeper.state).toMatchObject({
      name: 'backing-off',
      reason: { code: 'memory-fell', message: 'paused for a minute' },
    });
  });

  test('a guard that pauses for longer than an interval; a patient sweep stays', async () => {
    const host = new FakeHost();
    host.onWarm = (set, options) =>
      new Promise((resolve) => {
        host.guard?.onVerdict(pause);
        options.signal?.addEventListener('abort', () => resolve(host.warm({ ...set, files: [] }, options)));
      });
    const { keeper } = make({}, {}, host);
    void keeper.sweep();
    await tick(INTERVAL - 1);
    expect(keeper.state.name).toBe('filling');
    await tick(1);
    expect(keeper.state).toMatchObject({ name: 'backing-off', reason: pause.reason });
    const other = make({}, {}, host).keeper;
    host.lockHeld = false;
    void other.sweep({ patient: true });
    await tick(100 * INTERVAL);
    expect(other.state.name).toBe('filling');
  });

  test('a verdict is told with the rate that it means', async () => {
    const { keeper, host } = make({ fill: { rate: 500 } });
    const rates: (number | null)[] = [];
    keeper.on('rate', ({ bytesPerSecond }) => rates.push(bytesPerSecond));
    await keeper.sweep();
    const { reason } = pause;
    for (const bytesPerSecond of [100, 100, 900])
      host.guard?.onVerdict({ action: 'slow', bytesPerSecond, reason });
    host.guard?.onVerdict(pause);
    host.guard?.onVerdict({ action: 'go' });
    expect(rates).toEqual([500, 100, 500, 0, 500]);
    expect(keeper.view().verdict).toEqual({ action: 'go' });
  });
});

describe('budget, quota, priority', () => {
  const sets = [
    { name: 'low', targets: ['/low'] },
    { name: 'high', targets: ['/high'], priority: 1 },
  ];
  const two = (over: Partial<KeeperDependencies> = {}, maxBytes = 15 * PAGE) => {
    const host = new FakeHost();
    for (const path of ['/low/1', '/low/2', '/high/1']) host.add(path, FILE);
    return make({ sets, budget: { maxBytes } }, over, host);
  };

  test('the more urgent set first, whole files first, never beyond the budget', async () => {
    const { keeper, host } = two();
    const report = await keeper.sweep();
    expect(host.warmed).toEqual([['/high/1'], ['/low/1']]);
    expect(host.resident).toBe(15 * PAGE);
    expect(report?.sets.map(({ name, allowedBytes }) => [name, allowedBytes])).toEqual([
      ['high', FILE],
      ['low', 5 * PAGE],
    ]);
    expect(report?.held).toMatchObject({ code: 'budget', message: expect.stringContaining('set low') });
    expect(keeper.state.name).toBe('idle');
    await keeper.sweep();
    expect(host.warmed).toHaveLength(2);
  });

  test('a quota is never exceeded', async () => {
    const { keeper, host } = make({ sets: [{ name: 'm', targets: ['/m'], quota: 4 * PAGE }] });
    const report = await keeper.sweep();
    expect(host.resident).toBe(4 * PAGE);
    expect(report?.held?.message).toContain('its quota is 16.0 KiB');
  });

  test('a less urgent set gives back what the keeper brought in, for a more urgent one', async () => {
    const { keeper, host } = two({}, 20 * PAGE);
    host.files.delete('/high/1');
    await keeper.sweep();
    expect(host.resident).toBe(20 * PAGE);
    host.add('/high/1', FILE, 0, 70);
    const report = await keeper.sweep();
    expect(host.evicted).toEqual(['/low/2']);
    expect(report?.sets.map(({ hitRatio, lostBytes }) => [hitRatio, lostBytes])).toEqual([
      [1, 0],
      [0.5, 0],
    ]);
  });

  test('nobody else has to give back, and what is there counts against the budget', async () => {
    const { keeper, host } = two({}, 25 * PAGE);
    for (const path of ['/low/1', '/low/2']) {
      const file = host.files.get(path);
      if (file) file.resident = FILE;
    }
    const report = await keeper.sweep();
    expect(host.evicted).toEqual([]);
    expect(host.resident).toBe(25 * PAGE);
    expect(report?.held).toMatchObject({ code: 'budget' });
  });

  test('a file that two sets name counts once, for the more urgent one', async () => {
    const host = new FakeHost();
    host.add('/m/a', FILE);
    const both = [
      { name: 'one', targets: ['/m'] },
      { name: 'two', targets: ['/m'], priority: 2 },
    ];
    const report = await make({ sets: both }, {}, host).keeper.sweep();
    expect(report?.sets.map(({ name, targetBytes }) => [name, targetBytes])).toEqual([
      ['two', FILE],
      ['one', 0],
    ]);
  });
});

describe('files that are special', () => {
  test('one whose residency may not be asked for is read once, proven, and not read all over', async () => {
    const host = new FakeHost();
    host.add('/m/a', FILE).secret = true;
    const { keeper } = make({}, {}, host);
    const first = await keeper.sweep();
    expect(first?.sets[0]).toMatchObject({ residentBytes: FILE, unknownFiles: 0 });
    const second = await keeper.sweep();
    expect(host.warmed).toHaveLength(1);
    expect(second?.sets[0]).toMatchObject({ knownBytes: 0, hitRatio: null, unknownFiles: 1 });
  });

  test('one that can not be read is tried ever more seldom', async () => {
    const host = new FakeHost();
    host.add('/m/a', FILE).fails = 'EIO';
    const { keeper, problems } = make({ sweep: { interval: 10_000 } }, {}, host);
    await keeper.start();
    await tick(300_000);
    // At once, and after some 30, 60 and 120 seconds more.
    expect(host.warmed).toHaveLength(4);
    expect(keeper.view().sweep).toMatchObject({ held: null, sets: [{ failedFiles: 1 }] });
    expect(problems).toHaveLength(1);
  });
});
