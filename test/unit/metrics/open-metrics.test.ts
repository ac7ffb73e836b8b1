import { Counter, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { prefersOpenMetrics, toOpenMetrics } from '../../../lib/metrics/http/open-metrics.ts';

test('counters name their family without _total, also those of an embedder who left it out', async () => {
  const registry = new Registry();
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers: [registry] });
  counter('a_total', 'Says "a".').inc();
  counter('b', 'B.').inc(2);
  const before = await registry.metrics();
  expect(toOpenMetrics(before)).toBe(
    [
      '# HELP a Says \\"a\\".',
      '# TYPE a counter',
      'a_total 1',
      '# HELP b B.',
      '# TYPE b counter',
      'b_total 2',
      '# EOF',
      '',
    ].join('\n'),
  );
  expect(await registry.metrics()).toBe(before);
});

test('bounds of buckets are floats, and labels that look like one stay as they are', async () => {
  const registry = new Registry();
  const histogram = new Histogram({
    name: 'h',
    help: 'H.',
    buckets: [0.5, 1],
    labelNames: ['file'],
    registers: [registry],
  });
  histogram.observe({ file: 'a,le="1",b\nc' }, 0.7);
  const text = toOpenMetrics(await registry.metrics());
  expect(text).toContain('h_bucket{le="0.5",file="a,le=\\"1\\",b\\nc"} 0\n');
  expect(text).toContain('h_bucket{le="1.0",file="a,le=\\"1\\",b\\nc"} 1\n');
  expect(text).toContain('h_bucket{le="+Inf",');
  expect(text).not.toContain('\n\n');
});

test.each([
  [undefined, false],
  ['*/*', false],
  ['text/plain', false],
  ['application/openmetrics-text', true],
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5',
    true,
  ],
  ['application/openmetrics-text;q=0.2,text/plain;q=0.5', false],
  ['application/openmetrics-text;q=0', false],
  ['application/openmetrics-text;q=NaN', false],
])('Accept %s', (accept, expected) => {
  expect(prefersOpenMetrics(accept)).toBe(expected);
});
