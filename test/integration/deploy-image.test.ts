import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { evict, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import {
  cachestat,
  cc,
  containers,
  describeWith,
  imageBuild,
  itWith,
  root,
} from '../support/capabilities.ts';
import { buildWarmset, productionPackages, WARMSET_IMAGE } from '../support/container-image.ts';
import { type Podman, startPodman } from '../support/podman.ts';
import type { RunResult } from '../support/run.ts';
import { writeRandomFile } from '../support/temp.ts';
import { UNTIL_SMALL } from '../support/waiter.ts';

const MIB = 1 << 20;
const PAGES = (16 * MIB) / PAGE_SIZE;
const LONG = { timeout: 15_000, interval: 100 };

// As docs/deployment.md runs it. Podman's own tmpfs at /run would hide what a read-only root lacks.
const HARDENED = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
];
const RUN = ['--tmpfs', '/run/warmset:mode=1777'];

describeWith([root, cc, containers, imageBuild], 'the container image', () => {
  let podman: Podman;
  let model: string;
  let models: string;
  beforeAll(async () => {
    podman = await startPodman();
    models = podman.file('models');
    model = path.join(models, 'model.safetensors');
    await mkdir(models);
    await writeRandomFile(model, PAGES * PAGE_SIZE);
    await buildWarmset(podman);
  }, 600_000);
  afterAll(async () => void (await podman?.[Symbol.asyncDispose]()));

  const options = (more: readonly string[] = []): readonly string[] => {
    const volume = ['--volume', `${models}:/models:ro`];
    return ['--network=none', '--memory=256m', ...HARDENED, ...volume, ...more];
  };
  /** `warmset ARGS` in a container of 256 MiB that may do nothing but read its models. */
  const warmset = (args: readonly string[], more: readonly string[] = []): Promise<RunResult> =>
    podman.run(['run', '--rm', ...options(more), WARMSET_IMAGE, ...args]);
  const document = ({ stdout }: RunResult): Record<string, unknown> =>
    JSON.parse(stdout) as Record<string, unknown>;
  const shell = (script: string): Promise<string> =>
    podman.mustRun(['run', '--rm', '--entrypoint', 'sh', WARMSET_IMAGE, '-ec', script]);

  it('has the program, what it needs, and nothing that built it', async () => {
    const { stdout, code } = await warmset(['--version']);
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(
      (JSON.parse(await readFile('package.json', 'utf8')) as { version: string }).version,
    );
    const inspect = await podman.mustRun(['image', 'inspect', '--format', '{{json .Config}}', WARMSET_IMAGE]);
    expect(JSON.parse(inspect)).toMatchObject({
      User: '65532:0',
      Entrypoint: ['warmset'],
      Labels: { 'org.opencontainers.image.version': '1.2.3', 'org.opencontainers.image.revision': 'abc' },
    });
    const found = await shell('cd /opt/warmset; ls node_modules; echo; ls; ls build/Release; id -u');
    const [packages, rest] = found.split('\n\n');
    expect(packages?.split('\n')).toEqual(
      productionPackages()
        .map((name) => name.replace('node_modules/', '').split('/')[0])
        .sort(),
    );
    expect(rest).toBe(
      'LICENSE\nbuild\ndist\nnode_modules\npackage.json\nwarmset-wait\nwarmset.node\n65532\n',
    );
  });

  it('counts without cachestat, which the default seccomp profile hides, as the host does', async () => {
    const wanted = Array.from({ length: 300 }, (_, index) => index * 7);
    await makePagesResident(model, wanted);
    const { resident } = await oracle(model);
    const status = document(await warmset(['status', '--json', '/models'], ['--user=0']));
    expect(status).toMatchObject({
      files: [{ state: 'known', source: 'mincore', residentPages: resident }],
      cache_hit_ratio: resident / PAGES,
    });
    expect((await oracle(model)).resident).toBe(resident);
  });

  it("who may not know says so: the models are another's, and read-only", async () => {
    await makePagesResident(model, [0, 1, 2]);
    const status = document(await warmset(['status', '--json', '/models']));
    expect(status).toMatchObject({
      files: [{ state: 'unknown', reasonCode: 'not-permitted' }],
      cache_hit_ratio: null,
    });
    await chown(model, 65_532, 0);
    try {
      const own = document(await warmset(['status', '--json', '/models']));
      expect(own).toMatchObject({ files: [{ state: 'known', residentPages: 3 }] });
    } finally {
      await chown(model, 0, 0);
    }
  });

  it('a memory limit below the set is the budget', async () => {
    await evict(model);
    const more = ['--memory=64m', '--user=0'];
    const large = path.join(models, 'large.bin');
    await writeRandomFile(large, 96 * MIB);
    await evict(large);
    try {
      const result = await warmset(['warm', '--json', '/models/large.bin'], more);
      const warm = document(result) as { budget: { allowed: number }; residentNow: number };
      expect(result.code).toBe(3);
      expect(warm.budget).toMatchObject({ binding: 'cgroup' });
      expect(warm.budget.allowed).toBeLessThan(64 * MIB);
      const resident = (await oracle(large)).resident * PAGE_SIZE;
      expect(resident).toBeGreaterThan(0);
      expect(resident).toBeLessThanOrEqual(64 * MIB);
      expect(Math.abs(resident - warm.residentNow)).toBeLessThanOrEqual(8 * MIB);
    } finally {
      await evict(large);
      await writeFile(large, '');
    }
  });

  it("the init container proves what it read, also as a user of the platform's choice", async () => {
    for (const user of ['65532:0', '1000660000:0']) {
      await evict(model);
      const once = await warmset(['keep', '--once', '/models/model.safetensors'], [...RUN, `--user=${user}`]);
      expect(once).toMatchObject({ code: 0 });
      expect((await oracle(model)).resident).toBe(PAGES);
    }
  });

  it('writes nowhere but into the volumes that it was given, and says which it lacks', async () => {
    await evict(model);
    const once = await warmset(['keep', '--once', '/models']);
    expect(once.code).toBe(1);
    expect(once.stdout + once.stderr).toMatch(/\/run\/warmset can't be taken: .*EROFS/);
    expect((await oracle(model)).resident).toBe(0);
    expect(await readdir(models)).toEqual(['large.bin', 'model.safetensors']);
  });

  it('as process 1 it keeps, collects orphans, and ends by SIGTERM', async () => {
    await evict(model);
    const keep = ['keep', '--listen', '127.0.0.1:9464', '/models/model.safetensors'];
    const name = ['run', '--detach', '--name=keeper'];
    await podman.mustRun([
      ...name,
      ...options([...RUN, '--user=0', '--env=WARMSET_SWEEP_INTERVAL=300ms']),
      WARMSET_IMAGE,
      ...keep,
    ]);
    try {
      const exec = (...args: readonly string[]): Promise<RunResult> =>
        podman.run(['exec', 'keeper', ...args]);
      await expect.poll(async () => (await oracle(model)).resident, LONG).toBe(PAGES);
      const health = async (): Promise<number | null> =>
        (await exec('warmset', 'keep', '--status', '--listen', '127.0.0.1:9464')).code;
      await expect.poll(health, LONG).toBe(0);
      // Not evict(), which looks at what is left: the keeper may be quicker.
      await podman.mustRunProgram('dd', [`if=${model}`, 'iflag=nocache', 'count=0']);
      expect((await exec('ps', '-o', 'comm=', '-p', '1')).stdout).toBe('node\n');
      await exec('sh', '-c', '(sleep 0.1 &)');
      const all = async (): Promise<string> => (await exec('ps', '-e', '-o', 'stat=,comm=')).stdout;
      await expect.poll(all, LONG).not.toContain('sleep');
      await expect.poll(async () => (await oracle(model)).resident, LONG).toBe(PAGES);
      await podman.mustRun(['stop', '--time=10', 'keeper']);
      expect(await podman.mustRun(['inspect', '--format', '{{.State.ExitCode}}', 'keeper'])).toBe('0\n');
    } finally {
      await podman.run(['rm', '--force', '--time=0', 'keeper']);
    }
  });

  it('beside a server that is ready it is a small program, which carries on what process 1 has to do', async () => {
    const script = `${UNTIL_SMALL} echo out; echo err >&2; exit 5`;
    const result = await warmset(['run', '--quiet', '--set', '/models', '--', 'sh', '-c', script], RUN);
    expect(result).toMatchObject({ code: 5, stdout: 'out\n', stderr: 'err\n' });
  });

  it('what was begun is stopped by SIGTERM, too', async () => {
    await evict(model);
    const args = ['warm', '--rate', '1MiB/s', '/models/model.safetensors'];
    await podman.mustRun(['run', '--detach', '--name=slow', ...options(), WARMSET_IMAGE, ...args]);
    try {
      await expect.poll(async () => (await oracle(model)).resident, LONG).toBeGreaterThan(0);
      await podman.mustRun(['stop', '--time=10', 'slow']);
      expect(await podman.mustRun(['inspect', '--format', '{{.State.ExitCode}}', 'slow'])).toBe('143\n');
      expect((await oracle(model)).resident).toBeLessThan(PAGES);
    } finally {
      await podman.run(['rm', '--force', '--time=0', 'slow']);
    }
  });

  itWith(cachestat, 'with cachestat allowed and the disks shown it asks the kernel as outside', async () => {
    await makePagesResident(model, [5]);
    // What docs/deployment.md does with jq.
    const profile = JSON.parse(await readFile('/usr/share/containers/seccomp.json', 'utf8')) as {
      syscalls: unknown[];
    };
    profile.syscalls.push({ names: ['cachestat'], action: 'SCMP_ACT_ALLOW' });
    const file = podman.file('seccomp.json');
    await writeFile(file, JSON.stringify(profile));
    const more = ['--user=0', `--security-opt=seccomp=${file}`, '--security-opt=unmask=/sys/dev/block'];
    const doctor = document(await warmset(['doctor', '--json', '/models'], more)) as {
      findings: readonly unknown[];
    };
    expect(doctor.findings).toContainEqual(expect.objectContaining({ id: 'cachestat', level: 'ok' }));
    const status = document(await warmset(['status', '--json', '/models/model.safetensors'], more));
    expect(status).toMatchObject({ files: [{ state: 'known', source: 'cachestat', residentPages: 1 }] });
    const hidden = document(await warmset(['doctor', '--json', '/models'], ['--user=0'])) as {
      findings: readonly unknown[];
    };
    expect(hidden.findings).toContainEqual(
      expect.objectContaining({ id: 'cachestat', title: 'cachestat is hidden' }),
    );
  });
});
