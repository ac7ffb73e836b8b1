import { expect, it } from 'vitest';
import { cc, describeWith, fuse, root } from '../support/capabilities.ts';
import { inScript } from '../support/library-script.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

/** `work(body)` starts a Worker whose `body` sees warmset, native and file, and posts what it says. */
const WORKERS = `
  const { Worker } = await import('node:worker_threads');
  const { once } = await import('node:events');
  const work = (body) => new Worker(\`
    const { parentPort, workerData } = require('node:worker_threads');
    const { at, file } = workerData;
    Promise.all([import(at + '/index.js'), import(at + '/native.js')]).then(async ([warmset, native]) => { \${body} });
  \`, { eval: true, execArgv: [], workerData: { at, file: args } });
`;

describeWith([root, cc, fuse], 'Workers', () => {
  it('load the addon beside each other and the main thread, and all fill', async () => {
    await using directory = await temporaryDirectory();
    for (const name of ['0', '1', '2', '3']) await writeRandomFile(directory.file(name), 4 << 20);
    const answers = await inScript<number[]>(
      `${WORKERS}
      const body = (name) => 'parentPort.postMessage((await warmset.warm(await warmset.resolveTargets([file + "/' + name + '"]))).residentNow)';
      const workers = [0, 1, 2].map((name) => work(body(name)));
      const answers = workers.map((worker) => once(worker, 'message').then(([answer]) => answer));
      const own = warmset.warm(await warmset.resolveTargets([args + '/3']));
      return [...await Promise.all(answers), (await own).residentNow];`,
      { args: directory.path },
    );
    expect(answers).toEqual([4, 4, 4, 4].map((mib) => mib << 20));
  });

  it('are terminated in the middle of jobs fifty times, and nothing happens', {
    timeout: 120_000,
  }, async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 32 << 20);
    const mount = owned(await mountSlowfs(directory.path, { faults: { delayUs: 10_000 } }));
    const answer = await inScript<{ ended: number; filling: number; threads: number }>(
      `${WORKERS}
      const { readdirSync, readFileSync } = await import('node:fs');
      const { setTimeout: delay } = await import('node:timers/promises');
      let ended = 0;
      let filling = 0;
      for (let round = 0; round < 50; round += 1) {
        const worker = work(\`
          const set = await warmset.resolveTargets([file]);
          for (let job = 0; job < 8; job += 1) {
            void native.mincore(file); void native.cachestat('/proc/self/exe'); void warmset.residency(set);
          }
          void warmset.warm(set, { streams: 3, onProgress: ({ phase }) => {
            if (phase === 'filling') parentPort.postMessage('under way');
          } });
        \`);
        const exited = new Promise((resolve) => worker.once('exit', resolve));
        const underWay = new Promise((resolve) => worker.once('message', () => resolve(1)));
        filling += await Promise.race([underWay, exited.then(() => 0)]);
        await delay(5 * (round % 7));
        await worker.terminate();
        await exited;
        await native.fadvise(args, 'dontneed');
        ended += 1;
      }
      // Threads that were stuck in a read end with it, the main thread's own after five idle seconds.
      const own = () => readdirSync('/proc/self/task').filter((tid) => {
        try { return readFileSync('/proc/self/task/' + tid + '/comm', 'utf8').startsWith('warmset-'); }
        catch { return false; }
      }).length;
      for (let wait = 0; own() > 0 && wait < 160; wait += 1) await delay(50);
      return { ended, filling, threads: own() };`,
      { args: mount.file('model'), timeoutMs: 90_000 },
    );
    expect(answer).toEqual({ ended: 50, filling: 50, threads: 0 });
  });

  it('that end by themselves and by an exception take nobody along', async () => {
    const answer = await inScript<(number | string)[]>(
      `${WORKERS}
      const endings = ['', 'process.exit(5)', 'throw new Error("as a bug would")'];
      const codes = [];
      for (const ending of endings) {
        const worker = work('void native.mincore(file); await native.mincore(file); void warmset.residency(await warmset.resolveTargets([file])); ' + ending);
        worker.on('error', () => {});
        codes.push(await new Promise((resolve) => worker.once('exit', resolve)));
      }
      return [...codes, (await native.mincore(args)).resident > 0 ? 'alive' : 'empty'];`,
      { args: '/proc/self/exe' },
    );
    expect(answer).toEqual([0, 5, 1, 'alive']);
  });
});
