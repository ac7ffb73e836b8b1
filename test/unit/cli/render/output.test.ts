import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { bestEffort, createOutput } from '../../../../lib/cli/render/output.ts';

// Real pipes and devices: what the kernel answers is the point here.
describe('createOutput', () => {
  it('rejects with the system error when the disk is full, every time', async () => {
    const output = createOutput(createWriteStream('/dev/full'));
    await expect(output.write('x')).rejects.toMatchObject({ code: 'ENOSPC', syscall: 'write' });
    await expect(output.write('y')).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(output.closed).toBe(false);
  });

  it('blames the disk for every write that was under way', async () => {
    const output = createOutput(createWriteStream('/dev/full'));
    const outcomes = await Promise.allSettled(['x', 'y', 'z'].map((text) => output.write(text)));
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual(
      Array(3).fill('ENOSPC'),
    );
  });

  it('ends quietly when the reader has gone', async () => {
    const child = spawn('true', { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'exit');
    const output = createOutput(child.stdin);
    for (let step = 0; step < 100 && !output.closed; step += 1) await output.write('x'.repeat(65_536));
    expect(output.closed).toBe(true);
    await output.whenClosed;
    await output.write('more');
  });

  it('waits for a reader that is slow', async () => {
    const child = spawn('sleep', ['30'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const output = createOutput(child.stdin);
    let written = false;
    const pending = output.write('x'.repeat(4 << 20)).then(() => {
      written = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).toBe(false);
    child.kill('SIGKILL');
    await pending;
    expect(output.closed).toBe(true);
  });

  it('writes lines, and nothing for none', async () => {
    const stream = new PassThrough();
    const output = createOutput(stream);
    await output.writeLines(['a', 'b']);
    await output.writeLines([]);
    expect(String(stream.read())).toBe('a\nb\n');
    expect(output.closed).toBe(false);
  });

  it('takes an error that is thrown instead of passed on', async () => {
    const stream = new Writable();
    stream.write = () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    };
    await expect(createOutput(stream).write('x')).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});

describe('bestEffort', () => {
  it('loses what the disk refuses, and says nothing', async () => {
    const output = bestEffort(createOutput(createWriteStream('/dev/full')));
    await output.write('x');
    await output.writeLines(['y']);
    expect(output.closed).toBe(false);
  });
});
