import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it, test } from 'vitest';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cachestat, cc, describeWith, itWith, nspawn, root, systemd } from '../support/capabilities.ts';
import type { Container } from '../support/nspawn.ts';
import { mustRun } from '../support/run.ts';
import { addDropIn, bootHost, prepareHost } from '../support/systemd-host.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const UNITS = fileURLToPath(new URL('../../deploy/systemd/', import.meta.url));
const SERVICES = ['warmset-keep@.service', 'warmset-once@.service'] as const;
const PAGES = 256;
const LONG = { timeout: 15_000 };

test('both services run with the same rights', () => {
  const rights = SERVICES.map((name) => {
    const service = readFileSync(`${UNITS}${name}`, 'utf8').split('Slice=')[1] ?? '';
    return service.split('[Install]')[0]?.trim();
  });
  expect(rights[0]).toContain('SystemCallFilter=');
  expect(rights[0]).toBe(rights[1]);
});

itWith(systemd, 'systemd finds little to attack in them', async () => {
  for (const name of SERVICES) {
    const said = await mustRun('systemd-analyze', [
      'security',
      '--no-pager',
      '--offline=true',
      `${UNITS}${name}`,
    ]);
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(said)?.[1]);
    expect(exposure).toBeLessThanOrEqual(3);
  }
});

describeWith([root, cc, nspawn], 'on a host with systemd', () => {
  let host: Container;
  let models: TemporaryDirectory;
  let model: string;
  beforeAll(async () => {
    models = await temporaryDirectory('systemd-models');
    model = models.file('a.bin');
    await writeRandomFile(model, PAGES * PAGE_SIZE);
    const version = Number(/^systemd (\d+)/.exec(await mustRun('systemctl', ['--version']))?.[1]);
    host = await prepareHost();
    await configure();
    await addDropIn(host, 'vllm.service.d/10-warmset.conf');
    await addDropIn(host, 'vllm.service', BACKEND);
    await addDropIn(host, 'warmset-keep@.service.d/20-watch.conf');
    await addDropIn(host, 'warmset-keep@.service.d/30-remote-scrape.conf');
    if (version >= 253) await addDropIn(host, 'warmset-keep@.service.d/10-notify-reload.conf');
    await addDropIn(
      host,
      'warmset-keep@.service.d/test.conf',
      '[Service]\nWatchdogSec=2s\nRestartSec=100ms\n',
    );
    await addDropIn(host, 'warmset-once@look.service.d/test.conf', LOOK);
    await addDropIn(host, 'warmset-once@bare.service.d/test.conf', `${LOOK}AmbientCapabilities=\n`);
    await bootHost(host, models.path);
  });
  // What is started by hand counts against the limit of starts, too.
  beforeEach(async () => void (await systemctl('reset-failed')));
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]();
    await models?.[Symbol.asyncDispose]();
  });

  // It says what it found at its start, and goes on reading.
  const BACKEND = `[Service]
ExecStartPre=/bin/sh -c 'warmset status --json /models > /run/found.json'
ExecStart=/bin/sh -c 'while :; do cat /models/a.bin > /dev/null; sleep 0.05; done'
`;
  const LOOK = `[Service]
ExecStart=
ExecStart=warmset status --json --detail /models
StandardOutput=truncate:/run/%i.json
`;
  const KEEP = 'warmset-keep@vllm.service';

  async function configure(more = '', name = 'vllm'): Promise<void> {
    const text = `sets: [{name: m, targets: [/models]}]
sweep: {interval: 300ms}
log: {level: debug}
${more}`;
    await writeFile(`${host.root}/etc/warmset/${name}.yaml`, text);
  }

  const systemctl = (...args: readonly string[]) => host.mustRun('systemctl', args);
  const show = async (unit: string, property: string): Promise<string> =>
    (await systemctl('show', '--property', property, '--value', unit)).trim();
  const read = async (file: string): Promise<string> => (await host.run('cat', [file])).stdout;
  const journal = async (unit: string): Promise<string> => {
    await host.run('journalctl', ['--sync']);
    return (await host.run('journalctl', ['--no-pager', '--output=cat', '--unit', unit])).stdout;
  };

  it('the units are as systemd wants them', async () => {
    const units = ['warmset-keep@vllm.service', 'warmset-once@vllm.service', 'warmset.slice'];
    const args = ['verify', '--man=no', '--recursive-errors=yes', ...units];
    const said = await host.run('systemd-analyze', args);
    expect(said).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('what the server needs is resident before it starts, and kept then', async () => {
    await systemctl('stop', 'vllm.service', KEEP);
    await evict(model);
    expect((await oracle(model)).resident).toBe(0);
    await systemctl('start', 'vllm.service');
    const found = JSON.parse(await read('/run/found.json')) as Record<string, unknown>;
    expect(found).toMatchObject({ cache_hit_ratio: 1 });
    await expect.poll(() => show(KEEP, 'StatusText'), LONG).toBe('keeping');
    await systemctl('stop', 'vllm.service');
    // Not evict(), which looks at what is left: the keeper may be quicker.
    await mustRun('dd', [`if=${model}`, 'iflag=nocache', 'count=0']);
    await expect.poll(() => journal(KEEP), LONG).toContain('read 1.00 MiB of m');
    await expect.poll(async () => (await oracle(model)).resident, LONG).toBe(PAGES);
  });

  it('it comes after everybody else', async () => {
    await systemctl('start', KEEP);
    const pid = await show(KEEP, 'MainPID');
    expect(await host.mustRun('ps', ['-o', 'user=,ni=', '--pid', pid])).toMatch(/^warmset\s+19\s*$/);
    expect(await host.mustRun('ionice', ['-p', pid])).toBe('idle\n');
    expect(await read(`/proc/${pid}/oom_score_adj`)).toBe('500\n');
    expect(await show(KEEP, 'ControlGroup')).toMatch(/^\/warmset\.slice\//);
    expect(await show('warmset.slice', 'CPUWeight')).toBe('1');
    expect(await show('warmset.slice', 'IOWeight')).toBe('10');
    expect(Number(await show('warmset.slice', 'MemoryHigh'))).toBeGreaterThan(2 ** 20);
  });

  it('its sandbox lets it measure: pages, devices, and the server it watches', async () => {
    await systemctl('start', 'vllm.service');
    // By its own name where cgroups are of version 1.
    const places = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup'];
    const cgroups = places.map((place) => `${place}/system.slice/vllm.service`);
    const { stdout } = await host.run('ls', ['-d', ...cgroups]);
    const more = `probe: {interval: 200ms}
listen: 127.0.0.1:9464
snapshot: {path: /var/lib/warmset/vllm.snapshot, interval: 1s}
watch: {cgroup: ${stdout.split('\n')[0]}}
`;
    await configure(more);
    await systemctl('restart', KEEP);
    const status = async (): Promise<unknown> => {
      const args = ['keep', '--status', '--json', '--listen', '127.0.0.1:9464'];
      return JSON.parse((await host.run('warmset', args)).stdout || '{}');
    };
    await expect.poll(status, LONG).toMatchObject({
      cache_hit_ratio: 1,
      open_mmap_latency_p95_ms: expect.any(Number),
      nvme_read_p95_ms: expect.any(Number),
      hits: expect.objectContaining({ hitRatio: expect.any(Number) }),
    });
    expect(await journal(KEEP)).not.toMatch(/ problem /);
    await expect.poll(() => read('/var/lib/warmset/vllm.snapshot'), LONG).toContain('WSNAP');
    await configure();
  });

  itWith(
    cachestat,
    'the filter leaves it cachestat, and its one capability leaves it the files of others',
    async () => {
      await systemctl('start', 'warmset-once@look.service');
      expect(JSON.parse(await read('/run/look.json'))).toMatchObject({
        files: [{ state: 'known', source: 'cachestat' }],
      });
      // Without it nobody is told, as docs/deployment-systemd.md says.
      await systemctl('start', 'warmset-once@bare.service');
      expect(JSON.parse(await read('/run/bare.json'))).toMatchObject({
        files: [{ state: 'unknown', reasonCode: 'not-permitted' }],
      });
    },
  );

  it('a reload is heard, and one that is wrong leaves it running', async () => {
    await systemctl('restart', KEEP);
    const pid = await show(KEEP, 'MainPID');
    await configure('budget: {maxBytes: 1GiB}\n');
    await systemctl('reload', KEEP);
    await expect.poll(() => journal(KEEP), LONG).toMatch(/budget\.maxBytes: null -> 1GiB/);
    await configure('budgett: {}\n');
    await systemctl('reload', KEEP);
    await expect.poll(() => journal(KEEP), LONG).toMatch(/the new configuration is refused/);
    expect(await show(KEEP, 'MainPID')).toBe(pid);
    expect(await show(KEEP, 'ActiveState')).toBe('active');
    await configure();
  });

  it('one that stands still is killed by the watchdog and started again', async () => {
    await systemctl('restart', KEEP);
    const pid = await show(KEEP, 'MainPID');
    await host.mustRun('kill', ['-STOP', pid]);
    await expect.poll(() => show(KEEP, 'NRestarts'), LONG).toBe('1');
    await expect.poll(() => show(KEEP, 'SubState'), LONG).toBe('running');
    expect(await show(KEEP, 'MainPID')).not.toBe(pid);
    expect(await journal(KEEP)).toMatch(/Watchdog timeout/);
  });

  it('stopping is clean, and what was read stays', async () => {
    await systemctl('start', KEEP);
    await expect.poll(() => show(KEEP, 'StatusText'), LONG).toBe('keeping');
    await systemctl('stop', KEEP);
    expect(await show(KEEP, 'Result')).toBe('success');
    expect((await oracle(model)).resident).toBe(PAGES);
  });

  it('a configuration that is not there fails once, and is not tried again', async () => {
    expect((await host.run('systemctl', ['start', 'warmset-keep@none'])).code).not.toBe(0);
    expect(await show('warmset-keep@none', 'Result')).toBe('exit-code');
    expect(await show('warmset-keep@none', 'ExecMainStatus')).toBe('2');
    // Not activating: that is how one waits for its next start.
    expect(await show('warmset-keep@none', 'ActiveState')).toBe('failed');
  });

  it('what the budget holds back is no failure, and the rollback flag holds for all', async () => {
    await systemctl('stop', 'vllm.service', KEEP);
    await configure('budget: {maxBytes: 64KiB}\n', 'small');
    await evict(model);
    await systemctl('start', 'warmset-once@small.service');
    expect((await oracle(model)).resident).toBe(16);
    await evict(model);
    await writeFile(`${host.root}/etc/warmset/environment`, 'WARMSET_ENABLED=0\n');
    await systemctl('start', 'warmset-once@vllm.service', KEEP);
    await expect.poll(() => journal(KEEP), LONG).toMatch(/stopped: enabled is false/);
    expect((await oracle(model)).resident).toBe(0);
    await writeFile(`${host.root}/etc/warmset/environment`, '');
    await systemctl('restart', KEEP);
  });
});
