import { describe, expect, it } from 'vitest';
import type { LaunchDependencies } from '../../../lib/launch/dependencies.ts';
import { launch } from '../../../lib/launch/launch.ts';
import type { LaunchEvent, LaunchOptions } from '../../../lib/launch/options.ts';
import type { BesideOptions, BesideResult, RecognisedServer } from '../../../lib/launch/types.ts';
import type { WarmSet } from '../../../lib/targets/index.ts';

const SET: WarmSet = {
  files: [{ path: '/m/a', dev: 1n, ino: 2n, size: 100 }],
  failures: [],
  skipped: { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 },
  size: 100,
};

const RESULT: BesideResult = {
  asked: 100,
  residentBefore: 10,
  residentAfter: 100,
  warmedAhead: 90,
  leftToLoader: 0,
  dropped: 0,
  firstReadMs: 12,
  how: 'ahead',
  why: 'it was cold',
  stopped: 'done',
  guard: null,
};

const SERVER: RecognisedServer = {
  server: 'vllm',
  evidence: 'its name',
  models: [{ target: 'hf:a/b', from: '--model', kind: 'model' }],
  address: null,
  healthPaths: [],
  cacheUse: { state: 'used' },
  tensorParallel: null,
  environment: { HF_HOME: '/as/recognised' },
};

interface Fakes {
  readonly server?: RecognisedServer | null;
  readonly fill?: (options: BesideOptions) => Promise<BesideResult>;
  readonly resolve?: LaunchDependencies['resolve'];
  readonly warm?: LaunchDependencies['warm'];
}

function fakes({
  server = SERVER,
  fill = async () => RESULT,
  resolve,
  warm,
}: Fakes = {}): LaunchDependencies {
  const total = { files: 1, size: 100, residentBytes: 10, unknownFiles: 0, cacheHitRatio: 0.1 };
  return {
    recognise: async () => server,
    advise: async ({ server: found, force }) => ({
      how: found?.cacheUse.state === 'bypassed' && !force ? 'nothing' : 'ahead',
      what: 'all',
      untilFirstRead: found?.cacheUse.state === 'prefetches',
      reasons:
        found?.cacheUse.state === 'used' || found === null
          ? [{ code: 'fits', text: 'It fits.' }]
          : [{ code: 'bypassed', text: 'why' in found.cacheUse ? found.cacheUse.why : '' }],
    }),
    resolve: resolve ?? (async () => SET),
    residency: async () => ({ files: [], total }),
    warm: warm ?? (() => Promise.reject(new Error('not to be called'))),
    fillBeside: (_set, options) => fill(options),
    createLog: () => ({
      write: (chunk) => (Buffer.from(chunk).includes('READY') ? [{ type: 'ready' }] : []),
      report: () => {
        throw new Error('no report');
      },
    }),
  };
}

const log = (): LaunchDependencies['createLog'] => () => ({
  write: (chunk) => (Buffer.from(chunk).includes('READY') ? [{ type: 'ready' }] : []),
  report: () => ({
    server: 'vllm',
    version: null,
    phases: [],
    totalSeconds: null,
    totalSource: null,
    overlapSeconds: null,
    starts: 1,
    unattributedSeconds: null,
    ready: true,
    modelBytes: null,
    kvCacheBytes: null,
    compileCache: 'unknown',
    lines: 1,
  }),
});

function start(script: string, given: Fakes = {}, options: Partial<LaunchOptions> = {}) {
  const events: LaunchEvent[] = [];
  const written: Buffer[] = [];
  const server = launch({
    command: ['sh', '-c', script],
    stdout: { write: async (chunk) => void written.push(chunk) },
    stderr: 'ignore',
    dependencies: { ...fakes(given), createLog: log() },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { server, events, written };
}

const types = (events: readonly LaunchEvent[]): string[] => events.map(({ type }) => type);
const untilAborted = ({ signal }: BesideOptions) =>
  new Promise<BesideResult>((resolve) => {
    const stopped = { ...RESULT, stopped: 'aborted' } as const;
    signal?.addEventListener('abort', () => resolve(stopped), { once: true });
  });

describe('launch', () => {
  it('starts at once, and tells in order what happens', async () => {
    const { server, events } = start('sleep 0.3; echo READY; sleep 0.3; exit 3', { fill: untilAborted });
    expect(server.pid).toBeGreaterThan(0);
    expect(await server.ready).toMatchObject({ by: 'log' });
    expect(await server.filled).toMatchObject({ stopped: 'aborted' });
    const { exit, exitCode, report } = await server.exited;
    expect({ exit, exitCode }).toEqual({ exit: { state: 'exited', code: 3 }, exitCode: 3 });
    expect(types(events)).toEqual(['spawned', 'found', 'ready', 'filled', 'exited']);
    expect(report).toMatchObject({ firstReadMs: 12, readyBy: 'log', why: 'it was cold', exitCode: 3 });
  });

  it('a model whose name lost its bytes is not looked for by another name', async () => {
    const models = [{ target: '/m/\ufffd', from: '-m', kind: 'model' }] as const;
    const command = ['sh', '-c', 'sleep 0.3', 'sh', Buffer.from([0x2f, 0xff])];
    const { server, events } = start('', { server: { ...SERVER, models } }, { command });
    await server.exited;
    expect(events.find(({ type }) => type === 'found')).toMatchObject({
      files: 0,
      idle: "the model's name isn't UTF-8; name it with --set to have it warmed",
    });
  });

  it('the fill ends with the server', async () => {
    const { server } = start('sleep 0.2; exit 1', { fill: untilAborted });
    expect(await server.filled).toMatchObject({ stopped: 'aborted' });
    expect(await server.ready).toBeNull();
    expect((await server.exited).exitCode).toBe(1);
  });

  it('what fails of ours is told, and changes nothing', async () => {
    for (const broken of [
      { fill: () => Promise.reject(new Error('no fill')) },
      { resolve: () => Promise.reject(new Error('no set')) },
    ]) {
      const { server, events } = start('echo out; sleep 0.2; exit 4', broken);
      expect(await server.exited).toMatchObject({ exitCode: 4 });
      expect(events.filter(({ type }) => type === 'trouble')).toHaveLength(1);
    }
  });

  it('a listener that throws is on its own', async () => {
    const { server } = start(
      'exit 5',
      {},
      {
        onEvent: () => {
          throw new Error('mine');
        },
      },
    );
    expect(await server.exited).toMatchObject({ exitCode: 5 });
  });

  it('models are looked for where the server will look', async () => {
    const asked: unknown[] = [];
    const resolve: LaunchDependencies['resolve'] = async (targets, choice) => {
      asked.push(targets, choice.environment.HF_HOME, choice.cwd);
      return SET;
    };
    const environment = ['PATH=/usr/bin:/bin', 'HF_HOME=/given'];
    const { server } = start('sleep 0.2', { resolve }, { environment, cwd: '/' });
    await server.exited;
    expect(asked).toEqual([['hf:a/b'], '/as/recognised', '/']);
  });

  it('a server that reads past the page cache gets no fill, unless somebody insists', async () => {
    const bypassed = { ...SERVER, cacheUse: { state: 'bypassed', why: '--load-format x' } } as const;
    const one = start('sleep 0.1', { server: bypassed });
    expect(await one.server.filled).toBeNull();
    expect(one.events.find(({ type }) => type === 'found')).toMatchObject({
      idle: expect.stringContaining('--load-format x'),
    });
    const other = start('sleep 0.1', { server: bypassed }, { set: ['/m'] });
    expect(await other.server.filled).toEqual(RESULT);
  });

  it('an engine that prefetches is filled for until it begins to read', async () => {
    const prefetches = { ...SERVER, cacheUse: { state: 'prefetches', why: 'by itself' } } as const;
    const fill = (options: BesideOptions) => {
      setTimeout(() => options.onProgress?.({ asked: 100, resident: 1, read: 1, loaderBytes: 1 }), 20);
      return untilAborted(options);
    };
    const { server } = start('sleep 1', { server: prefetches, fill });
    const from = performance.now();
    expect(await server.filled).toMatchObject({ stopped: 'aborted' });
    expect(server.report().exit).toBeNull();
    expect(performance.now() - from).toBeLessThan(900);
    server.kill();
    await server.exited;
  });

  it('an unknown server is run, and nothing else', async () => {
    const { server, events } = start('exit 0', { server: null });
    expect(await server.ready).toBeNull();
    expect(await server.filled).toBeNull();
    await server.exited;
    expect(events.find(({ type }) => type === 'found')).toMatchObject({
      server: null,
      idle: expect.any(String),
    });
  });

  it('what can’t be started is a result', async () => {
    const { server } = start('', {}, { command: ['warmset-no-such-program'] });
    expect(server.pid).toBeNull();
    expect(await server.started).toBeNull();
    expect(await server.exited).toMatchObject({
      exitCode: 127,
      exit: { state: 'not-started', code: 'ENOENT' },
    });
  });

  it('a signal asks it to end; only who says so has it killed', async () => {
    const stop = new AbortController();
    const stubborn = 'trap "" TERM; echo up; while :; do sleep 0.05; done';
    const { server, written } = start(stubborn, {}, { signal: stop.signal, killAfterMs: 300 });
    await expect.poll(() => written.length, { timeout: 5000 }).toBeGreaterThan(0);
    stop.abort();
    expect(await server.exited).toMatchObject({ exitCode: 137 });
  });

  it('held back until the share is there, and not longer', async () => {
    let aborted = false;
    const warm: LaunchDependencies['warm'] = (_set, options = {}) =>
      new Promise((_resolve, reject) => {
        options.onPlan?.({ asked: 100, alreadyResident: 10 } as never);
        const tick = setInterval(() => {
          read += 5;
          options.onProgress?.({ phase: 'filling', read, toRead: 90, filesDone: 0, files: 1, verdict: null });
        }, 10);
        let read = 0;
        options.signal?.addEventListener('abort', () => {
          aborted = true;
          clearInterval(tick);
          reject(options.signal?.reason);
        });
      });
    const { server, events } = start('exit 0', { warm }, { waitFor: { share: 0.3 } });
    expect(server.pid).toBeNull();
    expect(await server.started).toBeGreaterThan(0);
    expect(aborted).toBe(true);
    const seen = events.flatMap((event) => (event.type === 'progress' ? [event.progress.resident] : []));
    expect(seen.at(-1)).toBe(30);
    expect((await server.exited).report.heldBackMs).toBeGreaterThan(0);
    expect(types(events).slice(0, 2)).toEqual(['found', 'waiting']);
  });

  it('a hold that fails lets the server start', async () => {
    const { server, events } = start('exit 6', {}, { waitFor: { share: 1 } });
    expect(await server.exited).toMatchObject({ exitCode: 6 });
    expect(types(events)).toContain('trouble');
  });
});
