import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeMetrics, metricsTable } from '../../../lib/metrics/describe.ts';
import { createMetrics } from '../../../lib/metrics/index.ts';
import { FakeKeeper } from '../../support/fake-keeper.ts';

const { registry } = createMetrics(new FakeKeeper(), { fileSeries: 1 });

test('docs/metrics.md has the registry as it is: `npm run docs:metrics` writes it', () => {
  const document = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  expect(/<!-- begin table -->\n([\s\S]*?)\n<!-- end table -->/.exec(document)?.[1]).toBe(
    metricsTable(registry),
  );
});

test('each has its type, unit and labels', () => {
  const described = new Map(describeMetrics(registry).map((metric) => [metric.name, metric]));
  expect(described.get('warmset_open_mmap_latency_seconds')).toMatchObject({
    type: 'histogram',
    unit: 'seconds',
    labels: ['set', 'call'],
  });
  expect(described.get('warmset_fill_bytes_total')).toMatchObject({ type: 'counter', unit: 'bytes' });
  expect(described.get('warmset_cache_hit_ratio')).toMatchObject({
    type: 'gauge',
    unit: '0 to 1',
    labels: ['set'],
  });
  expect(described.get('warmset_last_sweep_timestamp_seconds')?.unit).toBe('seconds since 1970');
});
