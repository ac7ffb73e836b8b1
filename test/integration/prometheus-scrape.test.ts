import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { itWith, prometheus } from '../support/capabilities.ts';
import { busyKeeper, MiB } from '../support/fake-keeper.ts';
import { mustRun, start } from '../support/run.ts';
import { serveKeeper } from '../support/serve-keeper.ts';
import { temporaryDirectory } from '../support/temp.ts';

const RULES = fileURLToPath(new URL('../../deploy/prometheus/rules.yml', import.meta.url));

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Prometheus takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === 'object' ? address.port : 0;
}

async function query(port: number, expression: string): Promise<readonly Sample[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const document = (await answer.json()) as { readonly data?: { readonly result?: readonly Sample[] } };
  return document.data?.result ?? [];
}

/** Asks until there is an answer: a scrape and a rule each take their interval. */
async function eventually(port: number, expression: string): Promise<readonly Sample[]> {
  for (const limit = performance.now() + 30_000; performance.now() < limit; await delay(200)) {
    const samples = await query(port, expression).catch(() => []);
    if (samples.length > 0) return samples;
  }
  throw new Error(`nothing for ${expression} in 30 seconds`);
}

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
    const config = directory.file('prometheus.yml');
    await writeFile(
      config,
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [RULES],
        scrape_configs: [{ job_name: 'warmset', static_configs: [{ targets: [target] }] }],
      }),
    );
    const port = await freePort();
    await using server = start('prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${directory.file('data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ]);
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
