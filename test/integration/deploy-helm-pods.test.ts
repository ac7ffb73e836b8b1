import { chown, mkdir, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, containers, describeWith, root } from '../support/capabilities.ts';
import { importWarmset, WARMSET_IMAGE } from '../support/container-image.ts';
import { helm, type Manifest, only, render, type Values } from '../support/helm.ts';
import { podOf } from '../support/helm-objects.ts';
import { type Podman, startPodman } from '../support/podman.ts';
import { writeRandomFile } from '../support/temp.ts';

const PAGES = 4096;
const USER = 65_532;
const SERVER = `const { createReadStream } = require('node:fs');
require('node:http').createServer((request, response) => {
  createReadStream('/models/a.safetensors').pipe(response);
}).listen(8000);`;
// Images that are imported have no PATH, and `kube play` doesn't make one up.
const ENVIRONMENT = [{ name: 'PATH', value: '/usr/bin' }];

// Podman removes init containers that have ended otherwise.
const KEPT = { 'io.podman.annotations.init.container.type': 'always' };

describeWith([root, cc, helm, containers], 'pods of the chart', () => {
  let podman: Podman;
  let model: string;
  beforeAll(async () => {
    podman = await startPodman();
    await importWarmset(podman);
    await mkdir(podman.file('models'));
    model = podman.file('models', 'a.safetensors');
    await writeRandomFile(model, PAGES * PAGE_SIZE);
    await chown(model, USER, USER);
  });
  afterEach(async () => void (await podman.mustRun(['pod', 'rm', '--all', '--force', '--time=1'])));
  afterAll(async () => void (await podman?.[Symbol.asyncDispose]()));

  const [repository = '', tag = ''] = WARMSET_IMAGE.split(':');
  const values = (more: Values): Values => ({
    image: { repository, tag, pullPolicy: 'Never' },
    models: [{ name: 'models', mountPath: '/models', hostPath: podman.file('models') }],
    extraEnv: ENVIRONMENT,
    setSize: `${(PAGES * PAGE_SIZE) / 1024}Ki`,
    lock: { hostPath: podman.file('lock') },
    state: { hostPath: '' },
    ...more,
  });

  /**
   * Its pod, with the configuration that it mounts. Not the object itself: podman 4.3 knows no DaemonSet, and starts the
   * init containers of whatever restarts always over and over.
   */
  async function play(manifests: readonly Manifest[], kind: string, name: string): Promise<void> {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, annotations: KEPT },
      spec: { ...podOf(only(manifests, kind)), restartPolicy: 'OnFailure' },
    };
    const input = [only(manifests, 'ConfigMap'), pod].map((object) => JSON.stringify(object)).join('\n---\n');
    await podman.mustRun(['kube', 'play', '-'], { input });
  }

  interface Status {
    readonly state: { readonly name: string };
    readonly health: { readonly live: boolean; readonly ready: boolean; readonly reasons: readonly string[] };
    readonly sweep: { readonly sets: readonly Readonly<Record<string, unknown>>[] } | null;
  }

  /** Asks until the keeper says what is waited for. */
  async function status(container: string, port: number, until: (now: Status) => boolean): Promise<Status> {
    const words = ['warmset', 'keep', '--status', '--json', '--listen', `127.0.0.1:${port}`];
    let last = '';
    for (let tries = 0; tries < 40; tries += 1) {
      const { stdout, stderr } = await podman.run(['exec', container, ...words]);
      last = stdout + stderr;
      const now = stdout === '' ? null : (JSON.parse(stdout) as Status);
      if (now !== null && until(now)) return now;
      await delay(250);
    }
    throw new Error(`${container} never came to it: ${last}`);
  }

  it('fill before the server starts, and keep beside it, within the limit that was computed', async () => {
    const container = {
      image: WARMSET_IMAGE,
      imagePullPolicy: 'Never',
      command: ['node', '-e', SERVER],
      env: ENVIRONMENT,
      ports: [{ name: 'http', containerPort: 8000 }],
    };
    const manifests = await render(values({ mode: 'server', server: { sidecar: 'plain', container } }));
    await evict(model);
    await play(manifests, 'Deployment', 'llm');
    const inspect = async (name: string, what: string) =>
      (await podman.mustRun(['inspect', '--format', `{{${what}}}`, name])).trim();

    expect(await inspect('llm-warmset-init', '.State.ExitCode')).toBe('0');
    const filledAt = Number(await inspect('llm-warmset-init', '.State.FinishedAt.UnixMilli'));
    expect(Number(await inspect('llm-server', '.State.StartedAt.UnixMilli'))).toBeGreaterThanOrEqual(
      filledAt,
    );
    expect((await oracle(model)).resident).toBe(PAGES);
    expect(await podman.mustRun(['logs', 'llm-warmset-init'])).toMatch(
      /models +1 +16\.0 MiB +16\.0 MiB +100 %/,
    );
    const limit = podOf(only(manifests, 'Deployment')).containers[1]?.resources.limits?.memory;
    expect(`${Number(await inspect('llm-warmset', '.HostConfig.Memory')) / 1024 ** 2}Mi`).toBe(limit);

    const now = await status('llm-warmset', 9464, ({ health }) => health.ready);
    expect(now.sweep?.sets).toMatchObject([
      { residentBytes: PAGES * PAGE_SIZE, unknownFiles: 0, refilledBytes: 0 },
    ]);
    const read = `fetch('http://127.0.0.1:8000').then((answer) => answer.arrayBuffer()).then(({ byteLength }) => console.log(byteLength))`;
    expect(await podman.mustRun(['exec', 'llm-server', 'node', '-e', read])).toBe(`${PAGES * PAGE_SIZE}\n`);
  }, 60_000);

  it('hand the node from the old keeper to the new one, and what is resident stays', async () => {
    const keeper = (port: number) => render(values({ metrics: { port } }));
    await evict(model);
    await mkdir(podman.file('lock'), { recursive: true });
    await play(await keeper(9464), 'DaemonSet', 'old');
    await status('old-warmset', 9464, ({ health }) => health.ready);
    expect((await stat(podman.file('lock'))).uid).toBe(USER);
    expect((await stat(podman.file('lock', 'warmset.lock'))).uid).toBe(USER);

    await play(await keeper(9465), 'DaemonSet', 'new');
    const waiting = await status('new-warmset', 9465, ({ health }) => /lock/.test(health.reasons.join()));
    // What the chart's readiness asks for; /readyz would keep the old pod for ever.
    expect(waiting.health).toMatchObject({ live: true, ready: false });
    await podman.mustRun(['pod', 'rm', '--force', '--time=10', 'old']);
    const taken = await status('new-warmset', 9465, ({ health }) => health.ready);
    expect(taken.sweep?.sets).toMatchObject([{ residentBytes: PAGES * PAGE_SIZE, refilledBytes: 0 }]);
    expect((await oracle(model)).resident).toBe(PAGES);
  }, 60_000);
});
