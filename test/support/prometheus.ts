import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { start } from './run.ts';
import type { TemporaryDirectory } from './temp.ts';

const RULES = fileURLToPath(new URL('../../deploy/prometheus/rules.yml', import.meta.url));

export interface Sample {
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

export async function query(port: number, expression: string): Promise<readonly Sample[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const document = (await answer.json()) as { readonly data?: { readonly result?: readonly Sample[] } };
  return document.data?.result ?? [];
}

/** Asks until there is an answer: a scrape and a rule each take their interval. */
export async function eventually(port: number, expression: string): Promise<readonly Sample[]> {
  for (const limit = performance.now() + 30_000; performance.now() < limit; await delay(200)) {
    const samples = await query(port, expression).catch(() => []);
    if (samples.length > 0) return samples;
  }
  throw new Error(`nothing for ${expression} in 30 seconds`);
}

export interface LivePrometheus extends AsyncDisposable {
  readonly port: number;
  /** What it complained of. */
  readonly stderr: string;
}

/** What is scraped, and what it is called instead of its address. */
export interface Scraped {
  readonly address: string;
  readonly instance: string;
}

/** A Prometheus that scrapes these jobs every second. @param targets `host:port` by job, or several of them with names */
export async function startPrometheus(
  directory: TemporaryDirectory,
  targets: Readonly<Record<string, string | readonly Scraped[]>>,
): Promise<LivePrometheus> {
  const config = directory.file('prometheus.yml');
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [RULES],
      scrape_configs: Object.entries(targets).map(([job_name, target]) => ({
        job_name,
        static_configs:
          typeof target === 'string'
            ? [{ targets: [target] }]
            : target.map(({ address, instance }) => ({ targets: [address], labels: { instance } })),
      })),
    }),
  );
  const port = await freePort();
  const server = start('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${directory.file('data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ]);
  return {
    port,
    get stderr() {
      return server.stderr;
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
