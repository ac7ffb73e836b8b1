import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMetrics } from '../../../lib/metrics/index.ts';
import { aFile, aSet, aSweep, busyKeeper, FakeKeeper } from '../../support/fake-keeper.ts';

async function seriesOf(sets: number, fileSeries = 0): Promise<number> {
  const keeper = new FakeKeeper();
  const metrics = createMetrics(keeper, { fileSeries });
  busyKeeper(keeper, { ms: 0 });
  const all = Array.from({ length: sets }, (_, at) =>
    aSet({ name: `set ${at}`, files: [aFile({ path: `/models/${at}` })] }),
  );
  keeper.emit('sweep', aSweep({ sets: all }));
  const lines = (await metrics.registry.metrics()).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).length;
}

test('docs/deployment.md has the series of a fleet as they are', async () => {
  const text = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');
  const node = await seriesOf(20);
  const set = (await seriesOf(21)) - node;
  const file = (await seriesOf(20, 8)) - (await seriesOf(20, 7));
  const said = text.match(
    /\| (\d+) a set \| (\d+) a node with 20 sets \| ([\d,]+) for 1,000 nodes \| (\d+) a file/,
  );
  expect(said?.slice(1)).toEqual([
    String(set),
    String(node),
    (node * 1000).toLocaleString('en'),
    String(file),
  ]);
});
