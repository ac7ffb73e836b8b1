import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inScript } from '../support/library-script.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

let temporary: TemporaryDirectory;
let directory: string;

beforeAll(async () => {
  temporary = await temporaryDirectory('node-lock');
  directory = temporary.path;
});

afterAll(async () => {
  await temporary[Symbol.asyncDispose]();
});

describe('a lock that nobody released', () => {
  it('is released with the object', async () => {
    const freed = await inScript<boolean>(
      `const { acquireNodeLock } = await import(at + '/node-lock.js');
      const { setTimeout: delay } = await import('node:timers/promises');
      await (async () => { await acquireNodeLock(args, { wait: false }); })();
      for (let round = 0; round < 200; round++) {
        gc();
        await delay(10);
        if (await acquireNodeLock(args, { wait: false })) return true;
      }
      return false;`,
      { args: directory, flags: ['--expose-gc'] },
    );
    expect(freed).toBe(true);
  });

  it('is released with its Worker; one that waits in a Worker ends with it too', async () => {
    const answer = await inScript<unknown>(
      `const { acquireNodeLock } = await import(at + '/node-lock.js');
      const { Worker } = await import('node:worker_threads');
      const source = \`
        import { parentPort, workerData } from 'node:worker_threads';
        const { acquireNodeLock } = await import(workerData.at + '/node-lock.js');
        const onWait = () => parentPort.postMessage('waits');
        globalThis.lock = await acquireNodeLock(workerData.directory, { wait: true, onWait });
        parentPort.postMessage('locked');
        setInterval(() => {}, 1000);\`;
      const start = async (expected) => {
        const url = new URL('data:text/javascript,' + encodeURIComponent(source));
        const worker = new Worker(url, { workerData: { at, directory: args }, execArgv: [] });
        const said = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
        if (said !== expected) throw new Error(said);
        return worker;
      };
      const first = await start('locked');
      const second = await start('waits');
      const held = await acquireNodeLock(args, { wait: false });
      await second.terminate();
      await first.terminate();
      const freed = await acquireNodeLock(args, { wait: false });
      return { held: held !== null, freed: freed !== null };`,
      { args: directory },
    );
    expect(answer).toEqual({ held: false, freed: true });
  });
});
