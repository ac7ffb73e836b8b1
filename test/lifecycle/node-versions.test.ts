import { describe, expect, it } from 'vitest';
import { oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, otherNodes, otherNodeVersions, root } from '../support/capabilities.ts';
import { inScript, runScript } from '../support/library-script.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const SIZE = (4 << 20) + 100;
const NODES = [{ path: process.execPath, version: process.versions.node }, ...otherNodes()];

describeWith([otherNodeVersions], 'other versions of Node', () => {
  it('are 22 and 24', () => {
    const majors = new Set(NODES.map(({ version }) => version.split('.')[0]));
    expect([...majors]).toEqual(expect.arrayContaining(['22', '24']));
  });
});

describeWith([root, cc], 'the built library', () => {
  for (const { path, version } of NODES) {
    describe(`on Node ${version}`, () => {
      it('loads, warms, verifies, evicts, locks and cancels', async () => {
        await using directory = await temporaryDirectory();
        const file = directory.file('model');
        await writeRandomFile(file, SIZE);
        const answer = await inScript<Record<string, unknown>>(
          `const set = await warmset.resolveTargets([args]);
          const evicted = await warmset.evict(set);
          const warmed = await warmset.warm(set);
          const { total } = await warmset.residency(set, { map: 4 });
          const held = await warmset.lock(set);
          await held.release();
          const refused = await native.mincore('/nonexistent').catch(({ code, syscall }) => ({ code, syscall }));
          const aborted = await warmset.warm(set, { signal: AbortSignal.abort('no') }).catch((reason) => reason);
          return { version: process.versions.node, evicted: evicted.residentNow, read: warmed.read,
            now: warmed.residentNow, known: total.residentBytes, locked: held.lockedBytes, refused, aborted };`,
          { node: path, args: file },
        );
        expect(answer).toEqual({
          version,
          evicted: 0,
          read: SIZE,
          now: SIZE,
          known: SIZE,
          locked: SIZE,
          refused: { code: 'ENOENT', syscall: 'open' },
          aborted: 'no',
        });
        expect((await oracle(file)).resident).toBe(Math.ceil(SIZE / PAGE_SIZE));
      });

      it('loads in a Worker that is terminated, and exits with its code', async () => {
        const { code, signal, stderr } = await runScript(
          `const { Worker } = await import('node:worker_threads');
          for (let round = 0; round < 10; round += 1) {
            const worker = new Worker(\`import(\${JSON.stringify(at)} + '/native.js').then((native) => {
              for (let job = 0; job < 50; job += 1) void native.mincore('/proc/self/exe');
              require('node:worker_threads').parentPort.postMessage('up'); setInterval(() => {}, 1000);
            });\`, { eval: true, execArgv: [] });
            await new Promise((resolve, reject) => { worker.once('message', resolve); worker.once('error', reject); });
            await worker.terminate();
          }
          void warmset.residency(await warmset.resolveTargets([args]));
          process.exit(9);`,
          { node: path, args: process.execPath },
        );
        expect([code, signal, stderr]).toEqual([9, null, '']);
      });
    });
  }
});
