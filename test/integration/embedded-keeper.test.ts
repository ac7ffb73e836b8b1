import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { evict, oracle } from '../support/cache.ts';
import { cc, describeWith } from '../support/capabilities.ts';
import { startScript } from '../support/library-script.ts';
import { owned } from '../support/owned.ts';
import type { Running } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MODEL_BYTES = 512 << 20;

/**
 * A service as somebody would write it: it answers, tells with each answer what its keeper does, and closes when it is
 * asked to. What it returns is what is left of it when nothing but itself keeps it running.
 */
const SERVICE = `
  const { createServer } = await import('node:http');
  const { readdirSync, readFileSync } = await import('node:fs');
  const { setTimeout: delay } = await import('node:timers/promises');
  // They count as soon as somebody has looked at them.
  void [process.stdout, process.stderr];
  const before = process.getActiveResourcesInfo();
  const keeper = warmset.createKeeper({
    sets: [{ name: 'model', targets: [args.file] }],
    lock: { directory: args.lock },
    fill: { rate: args.rate },
  });
  let filled = 0;
  keeper.on('fill', ({ readBytes }) => { filled += readBytes; });
  let close;
  const closing = new Promise((resolve) => { close = resolve; });
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path: request.url, state: keeper.state.name, filled }));
    if (request.url === '/close') close();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  console.log('listening on ' + server.address().port);
  await keeper.start();
  await closing;
  const stateAtClose = keeper.state.name;
  await keeper.close();
  await new Promise((done) => { server.close(done); server.closeAllConnections(); });
  const own = () => readdirSync('/proc/self/task').filter((tid) => {
    try { return readFileSync('/proc/self/task/' + tid + '/comm', 'utf8').startsWith('warmset-'); }
    catch { return false; }
  }).length;
  // Threads without work end after five idle seconds.
  for (let wait = 0; own() > 0 && wait < 200; wait += 1) await delay(50);
  const resources = [...process.getActiveResourcesInfo()];
  for (const one of before) resources.splice(resources.indexOf(one), resources.includes(one) ? 1 : 0);
  return { stateAtClose, threads: own(), resources };
`;

interface Answer {
  readonly path: string;
  readonly state: string;
  /** Bytes of fills that have ended. */
  readonly filled: number;
}

interface Left {
  readonly stateAtClose: string;
  readonly threads: number;
  readonly resources: readonly string[];
}

class Service implements AsyncDisposable {
  readonly #running: Running;
  readonly #port: string;
  /** Milliseconds of each answer that came while the keeper filled. */
  readonly whileFilling: number[] = [];

  constructor(running: Running, port: string) {
    this.#running = running;
    this.#port = port;
  }

  /** Rejects for anything but a whole answer to this very request. */
  async ask(path: string): Promise<Answer> {
    const began = performance.now();
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      signal: AbortSignal.timeout(20_000),
    });
    const answer = (await response.json()) as Answer;
    if (response.status !== 200 || answer.path !== path) throw new Error(`answered ${response.status}`);
    if (answer.state === 'filling') this.whileFilling.push(performance.now() - began);
    return answer;
  }

  /** Asks again and again, four at a time, until an answer says enough. Returns how many there were. */
  async askUntil(enough: (answer: Answer) => boolean, withinMs: number): Promise<number> {
    const end = Date.now() + withinMs;
    let asked = 0;
    let done = false;
    const ask = async (): Promise<void> => {
      while (!done && Date.now() < end) {
        asked += 1;
        if (enough(await this.ask(`/work/${asked}`))) done = true;
      }
    };
    await Promise.all([ask(), ask(), ask(), ask()]);
    if (!done) throw new Error(`not within ${withinMs} ms and ${asked} answers: ${this.#running.stderr}`);
    return asked;
  }

  /** Closes it, and waits until it has ended by itself. */
  async close(): Promise<Left & { readonly code: number | null }> {
    await this.ask('/close');
    const ended = await Promise.race([this.#running.ended, delay(25_000, null, { ref: false })]);
    if (ended === null) throw new Error('it was closed, and runs on: something is left in it');
    const { code, stdout } = ended;
    return { ...(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Left), code };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.stop();
  }
}

async function serve(args: { file: string; lock: string; rate: number | null }): Promise<Service> {
  const running = owned(await startScript(SERVICE, { args }));
  const [, port = ''] = await running.saw(/^listening on (\d+)$/m, 20_000);
  return new Service(running, port);
}

function p99(samples: readonly number[]): string {
  const sorted = samples.toSorted((a, b) => a - b);
  return `${(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN).toFixed(1)} ms`;
}

const NOTHING_LEFT = { threads: 0, resources: [], code: 0 };

describeWith([cc], 'a service of HTTP with a keeper in it', () => {
  it('answers every request all along a cold fill', { timeout: 60_000 }, async () => {
    await using directory = await temporaryDirectory('embedded');
    const file = directory.file('model');
    await writeRandomFile(file, MODEL_BYTES);
    await evict(file);
    await using service = await serve({ file, lock: directory.file('lock'), rate: null });
    const answered = await service.askUntil(({ filled }) => filled >= MODEL_BYTES, 40_000);
    const slowest = p99(service.whileFilling);
    process.stdout.write(
      `${answered} answers, ${service.whileFilling.length} while it filled: p99 ${slowest}\n`,
    );
    expect(service.whileFilling.length).toBeGreaterThan(0);
    expect(await service.close()).toMatchObject(NOTHING_LEFT);
  });

  it('closes while a fill runs, and leaves nothing behind', { timeout: 60_000 }, async () => {
    await using directory = await temporaryDirectory('embedded');
    const file = directory.file('model');
    await writeRandomFile(file, MODEL_BYTES);
    await evict(file);
    // It would take half a minute.
    await using service = await serve({ file, lock: directory.file('lock'), rate: MODEL_BYTES / 32 });
    await service.askUntil(({ state }) => state === 'filling', 20_000);
    await expect.poll(async () => (await oracle(file)).resident, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await service.close()).toEqual({ ...NOTHING_LEFT, stateAtClose: 'filling' });
    const { resident, pages } = await oracle(file);
    expect(resident).toBeLessThan(pages);
  });
});
