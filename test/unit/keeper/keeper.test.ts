import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PAGE } from '../../support/fake-host.ts';
import { closeAll, INTERVAL, make, tick } from '../../support/made-keeper.ts';

const FILE = 10 * PAGE;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(closeAll);

describe('the loop', () => {
  test('goes through its states and fills what is missing, once', async () => {
    const { keeper, host, states, fills } = make();
    expect(keeper.state).toMatchObject({ name: 'stopped', why: 'not-started' });
    await keeper.start();
    await tick();
    expect(states.map(({ name }) => name)).toEqual(['idle', 'sweeping', 'filling', 'sweeping', 'idle']);
    expect(keeper.state).toEqual({ name: 'idle', nextSweepAtMs: 1_000_000 + INTERVAL });
    expect(host.resident).toBe(FILE);
    await tick(3 * INTERVAL);
    expect(fills).toEqual([{ set: 'm', readBytes: FILE, seconds: 2, lostBytes: 0 }]);
    expect(keeper.view().health).toEqual({ live: true, ready: true, reasons: [] });
  });

  test('refills what was evicted at the next sweep, and accounts for it', async () => {
    const { keeper, host, fills } = make();
    await keeper.start();
    await tick(INTERVAL);
    const file = host.files.get('/m/a');
    if (file) file.resident = PAGE;
    await tick(INTERVAL);
    expect(fills.map(({ readBytes }) => readBytes)).toEqual([FILE, 9 * PAGE]);
    expect(keeper.view().sweep?.sets[0]).toMatchObject({
      refilledBytes: 19 * PAGE,
      refillSeconds: 4,
      lostBytes: 9 * PAGE,
      hitRatio: 1,
      files: [{ path: '/m/a', refilledBytes: 19 * PAGE, refillSeconds: 4, lostBytes: 9 * PAGE }],
    });
  });

  test('what was lost is told before it is read again', async () => {
    const { keeper, host } = make();
    const told: (number | null)[] = [];
    keeper.on('measured', ({ sets }) => told.push(sets[0]?.hitRatio ?? null));
    await keeper.start();
    await tick(INTERVAL);
    expect(told).toEqual([0]);
    const file = host.files.get('/m/a');
    if (file) file.resident = PAGE;
    host.onWarm = async (set, options) => {
      expect(told).toEqual([0, 0.1]);
      // Until the fill has come to its end nothing else is known, and readiness is what it was.
      expect(keeper.view().health.ready).toBe(true);
      return host.warm(set, options);
    };
    await tick(INTERVAL);
    expect(host.warmed).toHaveLength(2);
    expect(told).toHaveLength(2);
    await tick(2 * INTERVAL);
    expect(told).toHaveLength(2);
  });

  test('follows files that are added, replaced and removed', async () => {
    const { keeper, host, fills } = make();
    await keeper.start();
    await tick();
    host.add('/m/b', FILE, 0, 50);
    await tick(INTERVAL);
    expect(fills.at(-1)?.readBytes).toBe(FILE);
    host.add('/m/b', 2 * FILE, 0, 51);
    await tick(INTERVAL);
    expect(fills.at(-1)?.readBytes).toBe(2 * FILE);
    host.files.delete('/m/a');
    await tick(INTERVAL);
    const [set] = keeper.view().sweep?.sets ?? [];
    expect(set).toMatchObject({ targetBytes: 2 * FILE, lostBytes: 0, refilledBytes: 4 * FILE });
    expect(set?.files.map(({ path }) => path)).toEqual(['/m/b']);
  });

  test('one sweep now; two at once are one', async () => {
    const { keeper, host } = make();
    const [one, two] = await Promise.all([keeper.sweep(), keeper.sweep()]);
    expect(one).toBe(two);
    expect(host.warmed).toHaveLength(1);
    expect(keeper.state).toEqual({ name: 'idle', nextSweepAtMs: null });
  });

  test('what fails is told once, and does not end it', async () => {
    const { keeper, host, problems } = make({ sets: [{ name: 'm', targets: ['/m', '/gone'] }] });
    host.add('/m/bad', FILE).fails = 'EIO';
    await keeper.start();
    await tick(3 * INTERVAL - 1);
    expect(problems.map(({ what, failure }) => [what, failure.code])).toEqual([
      ['/gone', 'ENOENT'],
      ['/m/bad', 'EIO'],
    ]);
    expect(keeper.view().sweep?.sets[0]).toMatchObject({ failedTargets: 1 });
  });

  test('a sweep that fails is a problem; the next one comes', async () => {
    let broken = true;
    const { keeper, problems, host } = make(
      {},
      {
        readBudget: async () => {
          if (broken) throw new Error('no meminfo');
          return { memAvailable: 1e12, cgroups: [] };
        },
      },
    );
    await keeper.start();
    await tick();
    expect(problems).toMatchObject([{ what: 'sweep', failure: { message: 'no meminfo' } }]);
    expect(keeper.state.name).toBe('idle');
    broken = false;
    await tick(INTERVAL);
    expect(host.resident).toBe(FILE);
  });

  test('a listener that throws is warned of and ends nothing', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { keeper, host } = make();
    keeper.on('sweep', () => {
      throw new Error('mine');
    });
    await keeper.start();
    await tick(INTERVAL);
    expect(warned).toHaveBeenCalledTimes(2);
    expect(host.resident).toBe(FILE);
    warned.mockRestore();
  });
});
