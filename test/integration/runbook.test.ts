import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, nspawn, root } from '../support/capabilities.ts';
import type { Container } from '../support/nspawn.ts';
import { addDropIn, bootHost, prepareBareHost } from '../support/systemd-host.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const REPOSITORY = new URL('../../', import.meta.url);
const PAGES = 64;

interface Block {
  /** The heading that it stands under. */
  readonly heading: string;
  readonly script: string;
}

/** The commands of a document, in its order. */
function blocksOf(document: string): readonly Block[] {
  const blocks: Block[] = [];
  let heading = '';
  for (const [, title, script] of read(document).matchAll(/^#+ (.+)$|^```sh\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    if (script !== undefined) blocks.push({ heading, script });
  }
  return blocks;
}

function read(file: string): string {
  return readFileSync(fileURLToPath(new URL(file, REPOSITORY)), 'utf8');
}

test('every alert has its place in the runbook, and the runbook no others', () => {
  const { groups } = parse(read('deploy/prometheus/rules.yml')) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert?: string; readonly annotations?: Record<string, string> }[];
    }[];
  };
  const alerts = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
  const headings = [...read('docs/runbook.md').matchAll(/^### (Warmset\w+)$/gm)].map(
    ([, name]) => name ?? '',
  );
  expect(alerts.length).toBeGreaterThan(10);
  expect(alerts.map(({ alert }) => alert).sort()).toEqual(headings.sort());
  for (const { alert, annotations } of alerts) {
    expect(annotations?.runbook_url).toBe(`docs/runbook.md#${alert?.toLowerCase()}`);
  }
});

test('every fence is of a kind that is run, and links within the runbook lead somewhere', () => {
  for (const document of ['docs/runbook.md', 'docs/deployment-systemd.md']) {
    const fences = [...read(document).matchAll(/^ *```(\w*)$/gm)].map(([, kind]) => kind);
    expect(fences.filter((_, index) => index % 2 === 0).every((kind) => kind === 'sh')).toBe(true);
    expect(fences.filter((kind) => kind === 'sh').length).toBe(blocksOf(document).length);
  }
  const text = read('docs/runbook.md');
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title?.toLowerCase());
  for (const [, anchor] of text.matchAll(/\]\(#(\w+)\)/g)) expect(anchors).toContain(anchor);
});

describeWith([root, cc, nspawn], 'word by word on a host with systemd', () => {
  let host: Container;
  let models: TemporaryDirectory;
  beforeAll(async () => {
    models = await temporaryDirectory('runbook-models');
    await writeRandomFile(models.file('a.bin'), PAGES * PAGE_SIZE);
    host = await prepareBareHost();
    await addDropIn(host, 'vllm.service', '[Service]\nExecStart=/bin/sleep infinity\n');
    await bootHost(host, models.path);
    before = await named();
  });
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]();
    await models?.[Symbol.asyncDispose]();
  });

  async function runBlocks(blocks: readonly Block[]): Promise<readonly string[]> {
    const failed: string[] = [];
    for (const { heading, script } of blocks) {
      // Within a minute the test starts it more often than an operator would.
      await host.run('systemctl', ['reset-failed']);
      const inCheckout = `cd /opt/warmset\n${script}`;
      const { code, stdout, stderr } = await host.run('bash', ['-euo', 'pipefail', '-c', inCheckout]);
      if (code !== 0) failed.push(`${heading}: ${code}\n${script}${stdout}${stderr}`);
    }
    return failed;
  }

  /** What has its name, of whoever. */
  const named = (): Promise<string> => {
    const folders = ['/etc', '/usr/lib/sysusers.d', '/var/lib', '/run'];
    return host.mustRun('find', [...folders, '-xdev', '-name', '*warmset*']);
  };
  let before = '';

  const deployment = blocksOf('docs/deployment-systemd.md');
  const removing = deployment.filter(({ heading }) => heading === 'Removing');

  it('docs/deployment-systemd.md installs it', async () => {
    expect(await runBlocks(deployment.filter((block) => !removing.includes(block)))).toEqual([]);
    expect((await host.run('systemctl', ['is-active', 'warmset-keep@vllm'])).stdout).toBe('active\n');
    expect((await oracle(models.file('a.bin'))).resident).toBe(PAGES);
  });

  it('every command of docs/runbook.md does what it is there for', async () => {
    const blocks = blocksOf('docs/runbook.md');
    expect(blocks.length).toBeGreaterThan(15);
    expect(await runBlocks(blocks)).toEqual([]);
  }, 60_000);

  it('the rollback flag is off again after the runbook, and was on within it', async () => {
    const journal = await host.mustRun('journalctl', [
      '--no-pager',
      '--output=cat',
      '--unit',
      'warmset-keep@vllm',
    ]);
    expect(journal).toMatch(/stopped: enabled is false/);
    const status = ['keep', '--status', '--json', '--listen', '127.0.0.1:9464'];
    await expect
      .poll(async () => JSON.parse((await host.run('warmset', status)).stdout || '{}'), { timeout: 15_000 })
      .toMatchObject({ cache_hit_ratio: 1, health: { ready: true } });
  });

  it('docs/deployment-systemd.md removes it without a trace', async () => {
    expect(removing.length).toBe(1);
    expect(await runBlocks(removing)).toEqual([]);
    expect(await named()).toBe(before);
    expect((await host.run('id', ['warmset'])).code).not.toBe(0);
  });
});
