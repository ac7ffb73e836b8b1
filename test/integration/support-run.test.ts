import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itWith, nobody, root } from '../support/capabilities.ts';
import { mustRun, NOBODY, run, start } from '../support/run.ts';

/** Neither gone nor waiting to be reaped by whoever adopted it. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('run', () => {
  it('returns the output and the exit code', async () => {
    const result = await run('sh', ['-c', 'cat; echo "$WORD $PWD" >&2; exit 3'], {
      input: 'from stdin',
      cwd: '/',
      env: { WORD: 'word' },
    });
    expect(result).toEqual({
      code: 3,
      signal: null,
      stdout: 'from stdin',
      stderr: 'word /\n',
      timedOut: false,
    });
  });

  itWith([root, nobody], 'runs as another user without the groups of this one', async () => {
    expect(await mustRun('sh', ['-c', 'id -u; id -g; id -G'], { uid: NOBODY })).toBe('65534\n65534\n65534\n');
  });

  it('ends a program that takes too long, and what that started', async () => {
    const began = performance.now();
    const result = await run('sh', ['-c', 'sleep 60 & echo $!; wait'], { timeoutMs: 200 });
    expect(result).toMatchObject({ code: null, signal: 'SIGTERM', timedOut: true });
    expect(performance.now() - began).toBeLessThan(2_000);
    await expect.poll(() => isRunning(Number(result.stdout)), { timeout: 2_000 }).toBe(false);
  });

  it('ends what a program left running', async () => {
    const result = await run('sh', ['-c', 'sleep 60 & echo $!'], { timeoutMs: 200 });
    expect(result).toMatchObject({ code: 0, timedOut: true });
    await expect.poll(() => isRunning(Number(result.stdout)), { timeout: 2_000 }).toBe(false);
  });

  it('kills a program that ignores SIGTERM', async () => {
    const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
    await using running = start(process.execPath, ['--eval', script]);
    await running.saw(/up/);
    await running.stop();
    expect(await running.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('rejects for a program that is not there', async () => {
    await expect(run('/nonexistent/program', [])).rejects.toThrow(/could not be started/);
    await expect(start('/nonexistent/program', []).saw(/./)).rejects.toThrow(/could not be started/);
  });

  it('says what a program said that ended before it was ready', async () => {
    await using running = start('sh', ['-c', 'echo no reason >&2; exit 4']);
    await expect(running.saw(/ready/)).rejects.toThrow(/ended \(4\)[\s\S]*no reason/);
  });
});
