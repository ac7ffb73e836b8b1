import { expect, it } from 'vitest';
import { type Asked, checkStage, type Prometheus, parseRollout } from '../../../lib/rollout/index.ts';
import { endsOf, type Grid } from '../../../lib/rollout/series/grid.ts';

const NOW = 1_700_000_400_000;
const FILE = parseRollout(
  JSON.stringify({
    name: 'warm',
    prometheus: { url: 'http://p' },
    canary: { server: { track: 'canary' }, node: { node: 'a' } },
    control: { server: { track: 'stable' } },
    baseline: { ago: '1d' },
    gates: [
      { name: 'reconnects', kind: 'growth', metric: 'reconnects_total' },
      { name: 'work', kind: 'throughput', metric: 'tokens_total' },
    ],
    stages: [{ name: 'first', gates: ['reconnects'], actions: [{ use: 'systemd', unit: 'a.service' }] }],
  }),
);

/** A Prometheus whose counters stand still. */
function still(asked: string[], grids: Grid[] = [], ageMs = 15_000): Prometheus {
  const labels = { instance: 'a:1' };
  const answer = (points: readonly (readonly [number, number])[]): Asked => ({
    state: 'answered',
    series: [{ labels, points }],
    warnings: [],
  });
  return {
    now: async () => ({ state: 'answered', atMs: NOW }),
    range: async (expression, grid) => {
      asked.push(expression);
      grids.push(grid);
      return answer(endsOf(grid).map((atMs) => [atMs, 5]));
    },
    at: async (_, atMs) => answer([[atMs, (atMs - ageMs) / 1000]]),
  };
}

const [STAGE] = FILE.stages;
const check = async (prometheus: Prometheus, beganAgoMs: number | null, ahead = 0) => {
  if (STAGE === undefined) throw new Error('it has a stage');
  const stageBeganAtMs = beganAgoMs === null ? null : NOW + ahead - beganAgoMs;
  return checkStage({ file: FILE, stage: STAGE, stageBeganAtMs, prometheus, now: () => NOW + ahead });
};

it('asks for the gates of the stage alone, window by window, and passes', async () => {
  const asked: string[] = [];
  const grids: Grid[] = [];
  const result = await check(still(asked, grids), null);
  expect(result).toMatchObject({ verdict: 'pass', gates: [{ gate: 'reconnects' }] });
  expect(asked).toEqual(['reconnects_total{node="a"}']);
  expect(grids[0]).toMatchObject({ windowMs: 60_000, windows: 60 });
});

it('looks never to before the stage began and settled, and says when that is too little', async () => {
  const young = await check(still([]), 10 * 60_000);
  expect(young.verdict).toBe('insufficient');
  expect(young.gates[0]).toMatchObject({ gate: 'time', findings: [{ code: 'too-few' }] });
  expect((await check(still([]), 60_000)).gates.map(({ gate }) => gate)).toEqual(['time']);
  const grown = await check(still([]), 40 * 60_000);
  expect(grown.verdict).toBe('pass');
  expect(grown.fromMs).toBeGreaterThanOrEqual(NOW - 35 * 60_000);
});

it('goes by the clock of Prometheus, whatever ours says', async () => {
  const ahead = 3_600_000;
  const result = await check(still([]), 40 * 60_000, ahead);
  expect(result.clockAheadMs).toBe(ahead);
  expect(result.untilMs).toBeLessThanOrEqual(NOW);
  expect(result.fromMs).toBeGreaterThanOrEqual(NOW - 35 * 60_000);
});

it('an old reading is none, and a Prometheus that fails is no pass', async () => {
  const stale = await check(still([], [], 200_000), null);
  expect(stale.gates[0]?.findings[0]).toMatchObject({ verdict: 'insufficient', code: 'stale' });
  const dead: Prometheus = { ...still([]), now: async () => ({ state: 'failed', why: 'status 502' }) };
  expect(await check(dead, null)).toMatchObject({ verdict: 'insufficient', gates: [{ gate: 'prometheus' }] });
});
