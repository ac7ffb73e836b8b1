import { readFileSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { TARGETS_VARIABLE, VARIABLES } from '../../lib/config/environment.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, containers, describeWith, podmanCompose, root } from '../support/capabilities.ts';
import { importWarmset, WARMSET_IMAGE } from '../support/container-image.ts';
import { type Podman, startPodman } from '../support/podman.ts';
import type { RunResult } from '../support/run.ts';
import { writeRandomFile } from '../support/temp.ts';

const COMPOSE = fileURLToPath(new URL('../../deploy/compose/', import.meta.url));
const FILES = ['compose.yaml', 'compose.warm.yaml', 'compose.limits.yaml', 'compose.seccomp.yaml'];
const PAGES = (8 << 20) / PAGE_SIZE;
const LONG = { timeout: 20_000, interval: 100 };

// The Compose Specification's names of what the files use: Compose refuses a file with any other.
const TOP_LEVEL = /^(services|volumes|x-.+)$/;
const OF_SERVICES = new Set(
  `blkio_config cap_drop command cpu_shares depends_on environment expose healthcheck image mem_limit oom_score_adj
   pids_limit ports profiles read_only restart security_opt stop_grace_period user volumes`.split(/\s+/),
);

interface Service {
  readonly [key: string]: unknown;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
}

function services(file: string): Readonly<Record<string, Service>> {
  const document = parse(readFileSync(`${COMPOSE}${file}`, 'utf8'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
  };
  expect(Object.keys(document).filter((key) => !TOP_LEVEL.test(key))).toEqual([]);
  return document.services;
}

const serviceOf = (file: string, name: string): Service => {
  const service = services(file)[name];
  if (service === undefined) throw new Error(`${file} has no service ${name}`);
  return service;
};

test.each(FILES)('%s has only keys that Compose knows, and variables that the example explains', (file) => {
  for (const service of Object.values(services(file))) {
    expect(Object.keys(service).filter((key) => !OF_SERVICES.has(key))).toEqual([]);
  }
  const example = readFileSync(`${COMPOSE}.env.example`, 'utf8');
  const used = readFileSync(`${COMPOSE}${file}`, 'utf8').matchAll(/\$\{([A-Z_]+)/g);
  for (const [, name] of used) expect(example).toMatch(new RegExp(`^${name}=.`, 'm'));
});

test('both of warmset come with the profile alone, see what the server sees, and may do nothing else', () => {
  const backend = serviceOf('compose.yaml', 'backend');
  for (const name of ['warmset-init', 'warmset']) {
    const service = serviceOf('compose.warm.yaml', name);
    expect(service).toMatchObject({
      profiles: ['warm'],
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.stringMatching(/^\$\{WARMSET_MEMORY:\?/),
      blkio_config: { weight: 10 },
    });
    expect(service).not.toHaveProperty('ports');
    const models = service.volumes?.find((volume) => volume.includes('{MODELS'));
    expect(models).toMatch(/:ro$/);
    expect(backend.volumes).toContain(models);
    for (const variable of Object.keys(service.environment ?? {})) {
      expect(variable === TARGETS_VARIABLE || VARIABLES.has(variable)).toBe(true);
    }
  }
});

test('the server waits for the fill, and starts where it failed or nobody asked for it', () => {
  const waits = { condition: 'service_completed_successfully', required: false };
  for (const name of ['backend', 'warmset']) {
    const { depends_on } = serviceOf('compose.warm.yaml', name);
    expect(depends_on).toEqual({ 'warmset-init': waits });
  }
});

describeWith([root, cc, containers, podmanCompose], 'by podman-compose', () => {
  let podman: Podman;
  let project: string;
  let model: string;
  beforeAll(async () => {
    podman = await startPodman();
    await importWarmset(podman);
    await mkdir(podman.file('models'));
    model = podman.file('models', 'model.safetensors');
    await writeRandomFile(model, PAGES * PAGE_SIZE);
    project = podman.file('project');
    await mkdir(project);
    for (const file of FILES) await cp(`${COMPOSE}${file}`, path.join(project, file));
    await writeFile(path.join(project, 'backend.yaml'), BACKEND);
  });
  afterEach(async () => {
    await podman.run(['rm', '--all', '--force', '--time=0']);
    await compose('down', '--volumes');
  });
  afterAll(async () => void (await podman?.[Symbol.asyncDispose]()));

  const BACKEND = `services:
  backend:
    image: ${WARMSET_IMAGE}
    user: "0:0"
    entrypoint: [sh, -c, exec sleep 1000]
  warmset:
    environment: {WARMSET_SWEEP_INTERVAL: 300ms}
`;

  const compose = (...args: readonly string[]): Promise<RunResult> => {
    const files = ['compose.yaml', 'compose.warm.yaml', 'backend.yaml'].flatMap((file) => ['--file', file]);
    return podman.runProgram('podman-compose', [...files, ...args], { cwd: project });
  };
  async function configure(more = ''): Promise<void> {
    const text = `MODELS=${path.dirname(model)}
WARMSET_TARGETS=/models
WARMSET_MEMORY=300m
WARMSET_IMAGE=${WARMSET_IMAGE}
${more}`;
    await writeFile(path.join(project, '.env'), text);
  }
  const inspect = async (container: string, format: string): Promise<string> =>
    (await podman.mustRun(['inspect', '--format', format, container])).trim();
  const inKeeper = (...args: readonly string[]): Promise<RunResult> =>
    podman.run(['exec', 'project_warmset_1', 'warmset', ...args]);
  const status = async (): Promise<unknown> => {
    const { stdout } = await inKeeper('keep', '--status', '--json', '--listen', '127.0.0.1:9464');
    return JSON.parse(stdout || '{}');
  };

  it('what the server needs is filled, then kept, at the same paths, and told to the project alone', async () => {
    await configure();
    await evict(model);
    await compose('up', '--detach');
    const init = (): Promise<string> =>
      inspect('project_warmset-init_1', '{{.State.Status}} {{.State.ExitCode}}');
    await expect.poll(init, LONG).toBe('exited 0');
    expect((await oracle(model)).resident).toBe(PAGES);
    await expect
      .poll(status, LONG)
      .toMatchObject({ health: { live: true, ready: true }, cache_hit_ratio: 1 });
    // Not evict(), which looks at what is left: the keeper may be quicker.
    await podman.mustRunProgram('dd', [`if=${model}`, 'iflag=nocache', 'count=0']);
    await expect.poll(async () => (await oracle(model)).resident, LONG).toBe(PAGES);
    const seen = await podman.mustRun([
      'exec',
      'project_backend_1',
      'warmset',
      'status',
      '--json',
      '/models',
    ]);
    expect(JSON.parse(seen)).toMatchObject({
      files: [{ path: '/models/model.safetensors', residentPages: PAGES }],
    });
    const read = `fetch('http://warmset:9464/metrics').then((r) => r.text()).then(console.log)`;
    const metrics = await podman.mustRun(['exec', 'project_backend_1', 'node', '--eval', read]);
    expect(metrics).toMatch(/^warmset_/m);
    const host = JSON.parse(await inspect('project_warmset_1', '{{json .HostConfig}}')) as unknown;
    expect(host).toMatchObject({
      Memory: 300 << 20,
      ReadonlyRootfs: true,
      CpuShares: 2,
      PortBindings: { '9464/tcp': null },
    });
    await podman.mustRun(['stop', '--time=10', 'project_warmset_1']);
    expect(await inspect('project_warmset_1', '{{.State.ExitCode}}')).toBe('0');
  }, 60_000);

  it('one variable switches it off, and everything stays up', async () => {
    await configure('WARMSET_ENABLED=0\n');
    await compose('up', '--detach');
    await expect
      .poll(status, LONG)
      .toMatchObject({ state: { name: 'stopped', why: 'disabled' }, health: { live: true } });
  }, 60_000);
});
