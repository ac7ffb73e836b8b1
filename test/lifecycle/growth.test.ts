import { expect, it } from 'vitest';
import { cc, describeWith, root } from '../support/capabilities.ts';
import { inScript } from '../support/library-script.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

/** `rounds(n, body)` and what the process has: descriptors, threads, mappings, resident memory. */
const COUNTING = `
  const { readdirSync, readFileSync } = await import('node:fs');
  const { setTimeout: delay } = await import('node:timers/promises');
  const rss = () => { for (let i = 0; i < 3; i += 1) gc(); return process.memoryUsage.rss(); };
  const has = () => ({
    fds: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').filter((tid) => {
      try { return readFileSync('/proc/self/task/' + tid + '/comm', 'utf8').startsWith('warmset-'); }
      catch { return false; }
    }).length,
    maps: readFileSync('/proc/self/maps', 'utf8').split('\\n').filter((line) => line.includes(args)).length,
  });
  const rounds = async (count, body) => { for (let round = 0; round < count; round += 1) await body(round); };
  // The first hundred warm up the heap, the threads and the caches; growth is what the rest adds.
  const measure = async (body) => {
    await rounds(100, body);
    await delay(50);
    const before = { ...has(), rss: rss() };
    await rounds(1_000, body);
    await delay(50);
    const after = { ...has(), rss: rss() };
    return { before, after };
  };
`;

// V8 lets its young generation grow with the garbage that it sees; kept small, only what stays is left to see.
const FLAGS = ['--expose-gc', '--max-semi-space-size=1'];

// Four for short jobs, and those of fills: one file is one stretch, but a thread that has just ended one is not idle
// yet when the next is asked for, so on a slow machine there are a few. One left behind by each would be a thousand.
const MOST_OWN_THREADS = 16;

interface Has {
  readonly fds: number;
  readonly threads: number;
  readonly maps: number;
  readonly rss: number;
}

const BODIES: Readonly<Record<string, string>> = {
  'warm and evict': 'await warmset.evict(set); await warmset.warm(set);',
  residency: 'await warmset.residency(set, { map: 16 });',
  'lock and release': 'const held = await warmset.lock(set); await held.release();',
  'mappings, some left to the garbage collector':
    'const mapping = await native.openMapping(args); await mapping.mincore(); if (round % 2) await mapping.close(); else if (round % 50 === 0) gc();',
  'aborted fills': `await warmset.evict(set);
     const controller = new AbortController();
     setImmediate(() => controller.abort());
     await warmset.warm(set, { signal: controller.signal }).catch(() => {});`,
  'failed calls':
    "await native.mincore('/nonexistent').catch(() => {}); await native.cachestat(999_999).catch(() => {});",
};

describeWith([root, cc], 'a thousand operations', () => {
  it.for(Object.entries(BODIES))('leave nothing behind: %s', { timeout: 90_000 }, async ([, body]) => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 256 * 1024);
    const { before, after } = await inScript<{ before: Has; after: Has }>(
      `${COUNTING}
      const set = await warmset.resolveTargets([args]);
      return measure(async (round) => { ${body} });`,
      { args: file, flags: FLAGS, timeoutMs: 80_000 },
    );
    expect([after.fds, after.maps]).toEqual([before.fds, before.maps]);
    expect(after.threads).toBeLessThanOrEqual(MOST_OWN_THREADS);
    // 16 KiB an operation would be a leak of anything that matters here.
    expect(after.rss - before.rss).toBeLessThan(16 << 20);
  });

  it('at once, half of them aborted, all settle', async () => {
    const answer = await inScript<{ settled: number; aborted: number; wrong: string[]; fds: number[] }>(
      `const { readdirSync } = await import('node:fs');
      await native.mincore(args);
      const before = readdirSync('/proc/self/fd').length;
      let aborted = 0; const wrong = [];
      const jobs = Array.from({ length: 2_000 }, async (_, index) => {
        const controller = new AbortController();
        const reason = new Error('storm');
        if (index % 2) setTimeout(() => controller.abort(reason), index % 20);
        try {
          const { signal } = controller;
          await [() => native.mincore(args, { signal }), () => native.cachestat(args, { signal }),
            () => native.fadvise(args, 'normal', { signal })][index % 3]();
        } catch (error) {
          if (error === reason) aborted += 1; else wrong.push(String(error));
        }
      });
      const settled = (await Promise.allSettled(jobs)).length;
      return { settled, aborted, wrong, fds: [before, readdirSync('/proc/self/fd').length] };`,
      { args: process.execPath },
    );
    expect(answer).toMatchObject({ settled: 2_000, wrong: [] });
    expect(answer.fds[1]).toBe(answer.fds[0]);
  });

  it('on one signal end with it', async () => {
    const answer = await inScript<{ done: number; reasons: number; warnings: number }>(
      `let warnings = 0; process.on('warning', () => { warnings += 1; });
      const controller = new AbortController();
      const set = await warmset.resolveTargets([args]);
      const jobs = Array.from({ length: 300 }, () => warmset.residency(set, { signal: controller.signal }));
      controller.abort('enough');
      const outcomes = await Promise.allSettled(jobs);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
      return { done, reasons: outcomes.filter(({ reason }) => reason === 'enough').length, warnings };`,
      { args: process.execPath },
    );
    // Those that were done before the signal came keep their result.
    expect(answer.done + answer.reasons).toBe(300);
    expect(answer.reasons).toBeGreaterThan(200);
    expect(answer.warnings).toBe(0);
  });
});
