import { expect } from 'vitest';
import { itWith, prometheus } from '../support/capabilities.ts';
import { busyKeeper, MiB } from '../support/fake-keeper.ts';
import { eventually, query, type Sample, startPrometheus } from '../support/prometheus.ts';
import { mustRun } from '../support/run.ts';
import { serveKeeper } from '../support/serve-keeper.ts';
import { temporaryDirectory } from '../support/temp.ts';

const values = (samples: readonly Sample[]): readonly number[] =>
  samples.map(({ value }) => Number(value[1]));

itWith(
  prometheus,
  'a real Prometheus scrapes it, hostile names and all, and its rules give the four figures',
  async () => {
    await using directory = await temporaryDirectory('prometheus');
    await using served = await serveKeeper();
    busyKeeper(served.keeper, served.clock);
    const target = served.exporter.url.replace('http://', '');
    await using server = await startPrometheus(directory, { warmset: target });
    const { port } = server;
    expect(values(await eventually(port, 'up{job="warmset"} == 1'))).toEqual([1]);
    expect(values(await eventually(port, 'cache_hit_ratio{set="llama"}'))).toEqual([49 / 64]);
    expect(values(await query(port, 'warmset_rate_limit_bytes_per_second'))).toEqual([96 * MiB]);
    expect(values(await query(port, 'warmset_fill_bytes_total{set="llama"}'))).toEqual([2 ** 31]);
    const files = (await query(port, 'warmset_file_resident_bytes')).map(({ metric }) => metric.file);
    expect(files).toContain(`/models/other/quotes " ' & \u001b[31mred \u202egnp.gguf \\xff`);
    expect(files).not.toContain('/models/other/foreign.bin');
    // A rate needs samples that move.
    for (const kind of ['mmap', 'read'] as const) {
      served.keeper.emit('probe', { kind, set: 'llama', milliseconds: Array.from({ length: 100 }, () => 4) });
    }
    for (const name of ['open_mmap_latency_p95_ms', 'nvme_read_p95_ms']) {
      const [p95 = Number.NaN] = values(await eventually(port, `${name} > 2`));
      expect(p95).toBeGreaterThan(2.5);
      expect(p95).toBeLessThanOrEqual(5);
    }
    expect(
      values(await query(port, 'prometheus_target_scrapes_sample_duplicate_timestamp_total')),
    ).not.toContain(1);
    expect(server.stderr).not.toMatch(/level=(warn|error)/);
  },
  90_000,
);

itWith(prometheus, 'promtool finds nothing wrong with the names', async () => {
  await using served = await serveKeeper();
  busyKeeper(served.keeper, served.clock);
  const input = await (await fetch(`${served.exporter.url}/metrics`)).text();
  expect(await mustRun('promtool', ['check', 'metrics'], { input })).toBe('');
});
