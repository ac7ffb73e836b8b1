import { expect, it } from 'vitest';
import { cc, describeWith, fuse, root } from '../support/capabilities.ts';
import { inScript, runScript, startScript } from '../support/library-script.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

/** Fills a file that would take a minute, and says when it is under way. */
const FILLING = `
  const set = await warmset.resolveTargets([args]);
  const filling = warmset.warm(set, { streams: 4, onProgress: ({ phase }) => {
    if (phase === 'filling' && !globalThis.told) { globalThis.told = true; process._rawDebug('filling'); underWay(); }
  } });
  filling.catch(() => {});
`;

const ENDINGS: readonly { name: string; end: string; code: number | null; signal: NodeJS.Signals | null }[] =
  [
    { name: 'process.exit(0)', end: 'process.exit(0)', code: 0, signal: null },
    { name: 'process.exit(7)', end: 'process.exit(7)', code: 7, signal: null },
    { name: 'an uncaught exception', end: "throw new Error('as a bug would')", code: 1, signal: null },
    {
      name: 'an unhandled rejection',
      end: "void Promise.reject(new Error('as a bug would'))",
      code: 1,
      signal: null,
    },
    { name: 'SIGTERM', end: "process.kill(process.pid, 'SIGTERM')", code: null, signal: 'SIGTERM' },
    { name: 'SIGINT', end: "process.kill(process.pid, 'SIGINT')", code: null, signal: 'SIGINT' },
    {
      name: 'SIGTERM with a handler that exits',
      end: "process.once('SIGTERM', () => process.exit(143)); process.kill(process.pid, 'SIGTERM')",
      code: 143,
      signal: null,
    },
  ];

describeWith([root, cc, fuse], 'a process that ends in the middle of a fill', () => {
  it.for(ENDINGS.flatMap((ending) => [5_000, 500_000].map((delayUs) => ({ ...ending, delayUs }))))(
    'by $name ends at once, with its own code ($delayUs µs a read)',
    async ({ end, code, signal, delayUs }) => {
      await using directory = await temporaryDirectory();
      await writeRandomFile(directory.file('model'), 64 << 20);
      const mount = owned(await mountSlowfs(directory.path, { faults: { delayUs } }));
      const began = performance.now();
      const result = await runScript(
        `const underWay = () => setTimeout(() => { ${end}; }, 50); ${FILLING} await filling; return 'filled';`,
        { args: mount.file('model'), timeoutMs: 15_000 },
      );
      expect(result).toMatchObject({ code, signal, timedOut: false, stdout: '' });
      expect(result.stderr).toMatch(/^filling/);
      expect(result.stderr).not.toMatch(/FATAL|Assertion|core dumped/);
      // Two seconds of patience with a stuck thread, and Node's own start.
      expect(performance.now() - began).toBeLessThan(8_000);
    },
  );

  it('and a device that never answers ends, too', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 4 << 20);
    const mount = owned(await mountSlowfs(directory.path, { faults: { delayUs: 60_000_000 } }));
    const result = await runScript(
      `const underWay = () => setTimeout(() => process.exit(3), 50); ${FILLING} await filling;`,
      { args: mount.file('model'), timeoutMs: 15_000 },
    );
    expect(result).toMatchObject({ code: 3, signal: null, timedOut: false });
  });

  it('by SIGKILL leaves the file readable', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 64 << 20);
    const mount = owned(await mountSlowfs(directory.path, { faults: { delayUs: 20_000 } }));
    const script = await startScript(
      `const underWay = () => console.log('under way'); ${FILLING} await filling;`,
      {
        args: mount.file('model'),
      },
    );
    await script.saw(/under way/);
    script.kill('SIGKILL');
    expect(await script.ended).toMatchObject({ signal: 'SIGKILL' });
    await mount.set({});
    const again = await inScript<{ residentNow: number }>(
      'return warmset.warm(await warmset.resolveTargets([args]));',
      { args: mount.file('model') },
    );
    expect(again.residentNow).toBe(64 << 20);
  });
});

describeWith([root], 'a process', () => {
  it('with an idle addon ends by itself, though its threads wait for work', async () => {
    const began = performance.now();
    const result = await runScript("await native.mincore('/proc/self/exe'); console.log('asked');");
    expect(result).toMatchObject({ code: 0, signal: null, stdout: 'asked\nnull\n', stderr: '' });
    // Threads idle for five seconds: nobody waits for them.
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it('with a job under way stays until it is done', async () => {
    const result = await runScript(
      "native.mincore('/proc/self/exe').then(({ resident }) => console.log(resident > 0));",
    );
    expect(result).toMatchObject({ code: 0, stdout: 'null\ntrue\n' });
  });

  it('that never calls anything loads no binary', async () => {
    const env = { ...process.env, WARMSET_ADDON: '/nonexistent.node' };
    expect(await runScript("return 'fine'", { env })).toMatchObject({ code: 0, stdout: '"fine"\n' });
    const broken = await runScript('return native.features()', { env });
    expect(broken).toMatchObject({ code: 1 });
    expect(broken.stderr).toMatch(/WARMSET_NATIVE_LOAD/);
  });
});
