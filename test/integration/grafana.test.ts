import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { DASHBOARDS, dashboardFiles } from '../../scripts/grafana/dashboards.ts';
import { evict } from '../support/cache.ts';
import { cc, describeWith, prometheus } from '../support/capabilities.ts';
import { type MadeServer, madeNvmeofPath, madeTtft, startMadeServer } from '../support/made-server.ts';
import { type LivePrometheus, query, startPrometheus } from '../support/prometheus.ts';
import { type ScrapedKeeper, startScrapedKeeper } from '../support/scraped-keeper.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const FOLDER = fileURLToPath(new URL('../../deploy/grafana/', import.meta.url));
const MiB = 2 ** 20;

const QUERIES = DASHBOARDS.flatMap(({ title, rows }) =>
  rows.flatMap(({ panels }) =>
    panels.flatMap((panel) => panel.queries.map(({ expr }) => [`${title}: ${panel.title}`, expr] as const)),
  ),
);

// What has no data here, and rightly.
const SILENT: Readonly<Record<string, string>> = {
  'warmset_rate_limit_bytes_per_second{instance=~"$instance"}':
    'nobody on this machine makes the guard slow a fill',
};

test('deploy/grafana has the dashboards as they are: `npm run docs:dashboards` writes them', () => {
  const files = dashboardFiles();
  expect(readdirSync(FOLDER).sort()).toEqual(files.map(({ file }) => file).sort());
  for (const { file, text } of files) expect(readFileSync(`${FOLDER}${file}`, 'utf8')).toBe(text);
});

test('no panel lies on another, and none stands out', () => {
  for (const { text } of dashboardFiles()) {
    const { panels } = JSON.parse(text) as {
      readonly panels: readonly {
        readonly id: number;
        readonly gridPos: Record<'x' | 'y' | 'w' | 'h', number>;
      }[];
    };
    const taken = new Set<string>();
    for (const { gridPos } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        expect(x).toBeLessThan(24);
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x} ${y}`)).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  }
});

describeWith([prometheus, cc], 'in a Prometheus that scrapes a real keeper and a server', () => {
  let directory: TemporaryDirectory;
  let live: LivePrometheus;
  let keeper: ScrapedKeeper;
  let file: string;
  let busy: NodeJS.Timeout;
  let server: MadeServer;
  let exporter: MadeServer;

  beforeAll(async () => {
    directory = await temporaryDirectory('grafana');
    file = directory.file('a.bin');
    await writeRandomFile(file, 8 * MiB);
    await writeRandomFile(directory.file('b.bin'), 8 * MiB);
    await writeFile(directory.file('snapshot'), 'no snapshot');
    keeper = await startScrapedKeeper(
      directory,
      'warmset',
      // One file fits; the other is held back. A target that isn't there is a problem to count.
      `sets:
  - {name: m, targets: ["${file}", "${directory.file('missing')}"], files: true}
  - {name: n, targets: ["${directory.file('b.bin')}"], files: true}
sweep: {interval: 500ms}
probe: {interval: 300ms}
budget: {maxBytes: ${10 * MiB}}
watch: {pid: ${process.pid}}
snapshot: {path: "${directory.file('snapshot')}", interval: 1s, restoreAtStart: true}
`,
    );
    // Requests that go on, and what a node with a remote controller tells.
    const requests = new Registry();
    const ttft = madeTtft(requests, 'vllm', 'm');
    server = await startMadeServer(requests, () => {
      for (let request = 0; request < 10; request += 1) ttft(0.5);
    });
    const fabrics = new Registry();
    madeNvmeofPath(fabrics, 'nvme1');
    exporter = await startMadeServer(fabrics, () => undefined);
    live = await startPrometheus(directory, {
      warmset: keeper.address,
      vllm: server.address,
      fabrics: exporter.address,
    });
    // A server that reads, and somebody who evicts.
    busy = setInterval(() => {
      // The keeper may be quicker than the look at what evicting has left.
      readFile(file)
        .then(() => evict(file))
        .catch(() => undefined);
    }, 700);
  });
  afterAll(async () => {
    clearInterval(busy);
    await live?.[Symbol.asyncDispose]();
    await keeper?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await exporter?.[Symbol.asyncDispose]();
    await directory?.[Symbol.asyncDispose]();
  });

  const ask = (expr: string) =>
    query(
      live.port,
      expr
        .replace(/\$(canary|control)(_server)?(?=")/g, '.*')
        .replaceAll('$instance', '.*')
        .replaceAll('$set', '.*')
        .replaceAll('$__rate_interval', '15s'),
    );

  it('every expression of every panel returns data', async () => {
    const pending = new Map(QUERIES.map(([title, expr]) => [expr, title]));
    for (const expr of Object.keys(SILENT)) expect(pending.delete(expr)).toBe(true);
    await expect
      .poll(
        async () => {
          for (const expr of pending.keys()) if ((await ask(expr)).length > 0) pending.delete(expr);
          return [...pending].map(([expr, title]) => `${title}: ${expr}`);
        },
        { timeout: 40_000, interval: 500 },
      )
      .toEqual([]);
  }, 60_000);

  it('and what returns none has a reason that still holds', async () => {
    for (const expr of Object.keys(SILENT)) expect(await ask(expr)).toEqual([]);
  });

  it('a damaged snapshot is told at the start, and replaced', async () => {
    const alert = 'ALERTS{alertname="WarmsetSnapshotUnusable",alertstate="firing"}';
    await expect.poll(async () => (await ask(alert)).length, { timeout: 15_000 }).toBe(1);
    const snapshot = () => readFile(directory.file('snapshot'), 'latin1');
    await expect.poll(snapshot, { timeout: 15_000 }).toContain('WSNAP');
  });

  it('Prometheus has nothing to complain of', async () => {
    const answer = await fetch(`http://127.0.0.1:${live.port}/api/v1/rules`);
    const { data } = (await answer.json()) as {
      readonly data: {
        readonly groups: readonly {
          readonly rules: readonly { readonly name: string; readonly health: string }[];
        }[];
      };
    };
    const rules = data.groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(15);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(live.stderr).not.toMatch(/level=(warn|error)/);
  });
});
