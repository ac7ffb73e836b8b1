import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Random, seededRandom } from '../../lib/probe/random.ts';
import { evict } from '../support/cache.ts';
import { cc, describeWith, fuse, itWith, root } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, startCli } from '../support/cli.ts';
import { mountSlowfs, type SlowfsMount } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import type { Running } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

/** `npm run soak` runs the same for half an hour. */
const SECONDS = Number(process.env.WARMSET_SOAK_SECONDS ?? 30);
const LIMIT_MS = (SECONDS + 60) * 1000;
const MIB = 1 << 20;
const FILES = 6;
const SEED = 20;

// A keeper warms its heap and its caches up in its first seconds; what a leak adds goes on.
const MOST_GROWTH = 64 * MIB;
const MOST_DESCRIPTORS = 64;

/** A keeper on a node where nothing stays as it is. */
class Node {
  readonly directory: TemporaryDirectory;
  readonly slow: SlowfsMount;
  readonly random: Random;
  #running: Running | null = null;
  #taken: Buffer | null = null;
  url = '';

  constructor(directory: TemporaryDirectory, slow: SlowfsMount, random: Random) {
    this.directory = directory;
    this.slow = slow;
    this.random = random;
  }

  get running(): Running {
    if (!this.#running) throw new Error('no keeper runs');
    return this.#running;
  }

  configure(more = ''): void {
    const set = (name: string, path: string): string => `{name: ${name}, targets: ["${path}"]}`;
    const sets = [set('fast', this.directory.file('fast')), set('slow', this.slow.path)];
    writeFileSync(
      this.directory.file('warmset.yaml'),
      `sets: [${sets.join(', ')}]\nsweep: {interval: 300ms}\nlisten: 127.0.0.1:0\nprobe: {interval: 1s}\n${more}`,
    );
  }

  async startKeeper(): Promise<void> {
    const env = { ...BARE_ENVIRONMENT, WARMSET_LOCK_DIRECTORY: this.directory.file('lock') };
    const running = await startCli(['keep', '--config', this.directory.file('warmset.yaml')], { env });
    this.#running = running;
    const url = /url=(http:\/\/127\.0\.0\.1:\d+)/;
    await expect.poll(() => running.stderr, { timeout: 15_000 }).toMatch(url);
    this.url = url.exec(running.stderr)?.[1] ?? '';
  }

  async endKeeper(signal: NodeJS.Signals): Promise<void> {
    this.running.kill(signal);
    const ended = await this.running.ended;
    expect(ended.stderr).not.toMatch(/unhandled|uncaught|MaxListeners|FATAL|\bat .*\.js:\d+/i);
    if (signal === 'SIGTERM') expect(ended).toMatchObject({ code: 0, signal: null });
  }

  file(): string {
    return this.directory.file('fast', `shard-${this.random.below(FILES)}`);
  }

  /** One thing that happens on such a node. */
  async disturb(): Promise<void> {
    const file = this.file();
    switch (this.random.below(8)) {
      case 0:
        await evict(file).catch(() => undefined);
        break;
      case 1:
        await writeRandomFile(`${file}.new`, (1 + this.random.below(8)) * MIB);
        await rename(`${file}.new`, file);
        break;
      case 2:
        await rm(file, { force: true });
        break;
      case 3:
        await writeRandomFile(file, (1 + this.random.below(4)) * MIB);
        break;
      case 4:
        await this.slow.set({ delayUs: this.random.below(2) * 20_000 });
        break;
      case 5:
        this.#taken = this.#taken ? null : Buffer.alloc(256 * MIB, 1);
        break;
      case 6:
        this.configure(this.random.below(2) === 0 ? 'budget: {maxBytes: 16MiB}\n' : '');
        this.running.kill('SIGHUP');
        break;
      default:
        this.configure('sweeep: {}\n');
        this.running.kill('SIGHUP');
    }
  }

  /** Bytes of the keeper's own memory, and its open descriptors. */
  costs(): { readonly resident: number; readonly descriptors: number } {
    const { pid } = this.running;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const own = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
    // Pages of files that are mapped for a moment aren't the keeper's.
    return { resident: own('RssAnon'), descriptors: readdirSync(`/proc/${pid}/fd`).length };
  }
}

/** Samples of an exposition, by name and labels. */
async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  const samples = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

function expectTruth(now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): void {
  for (const [name, value] of now) {
    expect(value, name).toBeGreaterThanOrEqual(0);
    if (/_ratio(?:\{|$)/.test(name)) expect(value, name).toBeLessThanOrEqual(1);
    if (/_(?:total|count|bucket)(?:\{|$)/.test(name)) {
      expect(value, name).toBeGreaterThanOrEqual(before.get(name) ?? 0);
    }
  }
  for (const set of ['fast', 'slow']) {
    const [resident, target] = ['resident', 'target'].map((what) =>
      now.get(`warmset_${what}_bytes{set="${set}"}`),
    );
    if (resident !== undefined && target !== undefined) expect(resident).toBeLessThanOrEqual(target);
  }
}

describeWith([root, cc, fuse], 'a keeper for a long time', () => {
  itWith(
    [],
    'says nothing false, leaks nothing and ends cleanly, whatever happens to its node',
    async () => {
      await using directory = await temporaryDirectory('soak');
      await mkdir(directory.file('fast'));
      await mkdir(directory.file('backing'));
      for (let at = 0; at < FILES; at += 1)
        await writeRandomFile(directory.file('fast', `shard-${at}`), 4 * MIB);
      await writeRandomFile(directory.file('backing', 'model'), 2 * MIB);
      const slow = owned(await mountSlowfs(directory.file('backing'), { faults: {} }));
      const node = new Node(directory, slow, seededRandom(SEED));
      const lives = 3;
      for (let life = 0; life < lives; life += 1) {
        node.configure();
        await node.startKeeper();
        const untilMs = performance.now() + (SECONDS * 1000) / lives;
        let before: ReadonlyMap<string, number> = new Map();
        let settled: number | null = null;
        for (let round = 0; performance.now() < untilMs; round += 1) {
          await node.disturb();
          await delay(200);
          const now = await scrape(node.url);
          expectTruth(now, before);
          before = now;
          if (round === 20) settled = node.costs().resident;
        }
        const { resident, descriptors } = node.costs();
        if (settled !== null) expect(resident - settled).toBeLessThan(MOST_GROWTH);
        expect(descriptors).toBeLessThan(MOST_DESCRIPTORS);
        expect(
          [...before].some(([name, value]) => name.startsWith('warmset_fill_bytes_total') && value > 0),
        ).toBe(true);
        // Killed in between, it starts again as if nothing had been; a lock of the dead holds nobody up.
        await node.endKeeper(life === lives - 1 ? 'SIGTERM' : 'SIGKILL');
      }
    },
    LIMIT_MS,
  );
});
