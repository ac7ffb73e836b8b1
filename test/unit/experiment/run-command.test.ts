import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareCommand, runCommand, shellQuote } from '../../../lib/experiment/run-command.ts';
import type { WarmFile, WarmSet } from '../../../lib/targets/index.ts';
import { run } from '../../support/run.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { SET } from './fake-experiment.ts';

function setOf(...files: Partial<WarmFile>[]): WarmSet {
  return { ...SET, files: files.map((file) => ({ path: '/a', dev: 1n, ino: 1n, size: 1, ...file })) };
}

const signal = new AbortController().signal;

describe('a command of the user', () => {
  it('gets every name as one word, whatever is in it', async () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', "'", '"', '$', ' ', '\n', '\\', '`') }), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(words, async (names) => {
        const { stdout } = await run('sh', ['-c', `printf '%s\\0' ${names.map(shellQuote).join(' ')}`]);
        expect(stdout.split('\0').slice(0, -1)).toEqual(names);
      }),
      { numRuns: 20 },
    );
  });

  it('has the files in its words and in a variable', async () => {
    await using directory = await temporaryDirectory();
    const out = directory.file('out');
    const set = setOf({ path: "/m/it's" }, { path: '/m/$b' });
    await runCommand(`printf '%s|' {} "$WARMSET_TARGETS" > ${out}`, { set, signal });
    expect(readFileSync(out, 'utf8')).toBe("/m/it's|/m/$b|/m/it's\n/m/$b|");
  });

  it('is refused what can not be said to it', () => {
    const bytes = setOf({ path: '/m/\\xff', rawPath: Buffer.from([0x2f, 0xff]) });
    expect(() => prepareCommand('cat {}', bytes)).toThrow("isn't UTF-8");
    expect(prepareCommand('cat /m/*', bytes).text).toBe('cat /m/*');
    const many = setOf(
      ...Array.from({ length: 3000 }, (_, at) => ({ path: `/models/${'x'.repeat(50)}${at}` })),
    );
    expect(() => prepareCommand('cat {}', many)).toThrow('3000 files are too many');
    expect(() => prepareCommand('cat $WARMSET_TARGETS', many)).toThrow('too many');
    expect(prepareCommand('cat /models/*', many).targets).toBe('');
  });

  it('fails with what it complained of last', async () => {
    const running = runCommand('echo first >&2; echo last >&2; exit 7', { set: SET, signal });
    await expect(running).rejects.toThrow('the command ended with 7: last');
    await expect(runCommand('kill -9 $$', { set: SET, signal })).rejects.toThrow('ended with SIGKILL');
  });

  it('is ended with all that it started, and does not wait for what it left behind', async () => {
    await using directory = await temporaryDirectory();
    const pidFile = directory.file('pid');
    const controller = new AbortController();
    const running = runCommand(`sleep 60 & echo $! > ${pidFile}; wait`, {
      set: SET,
      signal: controller.signal,
    });
    const read = () => {
      try {
        return Number(readFileSync(pidFile, 'utf8'));
      } catch {
        return 0;
      }
    };
    while (read() === 0) await new Promise((wake) => setTimeout(wake, 5));
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    const gone = () => {
      try {
        process.kill(read(), 0);
        // A zombie that init hasn't fetched yet is gone, too.
        return readFileSync(`/proc/${read()}/stat`, 'utf8').includes(') Z ');
      } catch {
        return true;
      }
    };
    while (!gone()) await new Promise((wake) => setTimeout(wake, 5));
    await runCommand('sleep 1 & exit 0', { set: SET, signal });
  });
});
