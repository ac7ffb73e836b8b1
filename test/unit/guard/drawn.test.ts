import { expect, test } from 'vitest';
import { drawLines } from '../../../bench/report/draw-lines.ts';
import { between } from '../../support/simulator/foreground.ts';
import { type SeriesRow, timeSeries } from '../../support/simulator/series.ts';
import { simulate } from '../../support/simulator/simulate.ts';

const SECONDS = 40;
const MIB = 2 ** 20;

/**
 * The picture of the control law in docs/budgets-and-guards.md is of a run of the guard as it is. When the law changes,
 * `npx vitest run test/unit/guard/drawn.test.ts -u` draws it anew.
 */
test('the control law in the documents is drawn from a run', async () => {
  const scenario = { seconds: SECONDS, load: between(10_000, 22_000), seed: 3 };
  const guarded = timeSeries(simulate(scenario));
  const unguarded = timeSeries(simulate({ ...scenario, guarded: false }));
  const points = (rows: readonly SeriesRow[], of: (row: SeriesRow) => number | null) =>
    rows.map((row) => [round(row.atMs / 1000), round(of(row))] as [number, number | null]);
  const waits = (row: SeriesRow): number | null => row.foregroundP95Ms;
  const svg = drawLines(
    'A fill, and a neighbour who reads from second 10 to second 22 (simulated)',
    [
      {
        unit: 'MiB/s',
        logarithmic: true,
        lines: [
          {
            name: 'the guarded fill reads',
            ours: true,
            points: points(guarded, ({ speed }) => (speed > 0 ? speed / MIB : null)),
          },
        ],
      },
      {
        unit: 'p95, ms',
        logarithmic: true,
        lines: [
          {
            name: "the neighbour's reads beside the guarded fill",
            ours: true,
            points: points(guarded, waits),
          },
          { name: 'beside one without a guard', ours: false, points: points(unguarded, waits) },
        ],
      },
    ],
    SECONDS,
  );
  await expect(svg).toMatchFileSnapshot('../../../docs/guard/control-law.svg');
});

function round(value: number): number;
function round(value: number | null): number | null;
function round(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
