import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Relay } from '../../../lib/launch/child/relay.ts';
import type { ByteSink } from '../../../lib/launch/child/sink.ts';
import { createPipe } from '../../../lib/native/process.ts';

/** A relay from a pipe into memory. */
function relay(sink: Partial<ByteSink> = { fd: 1 }) {
  const { read, write } = createPipe();
  const written: string[] = [];
  const source = new Socket({ fd: read, readable: true, writable: false });
  const taken: ByteSink = {
    write: async (chunk) => {
      written.push(chunk.toString());
    },
    ...sink,
  };
  const one = new Relay(source, taken, () => {});
  onTestFinished(() => {
    closeSync(write);
    source.destroy();
  });
  return { relay: one, read, say: (text: string) => writeSync(write, text), written: () => written.join('') };
}

describe('a relay that is held', () => {
  it('writes nothing, says what it read, and goes on as if nothing had been', async () => {
    const { relay: held, read, say, written } = relay();
    say('before ');
    await expect.poll(written).toBe('before ');
    await held.hold();
    say('one ');
    await delay(50);
    say('two ');
    await delay(50);
    await turn();
    for (const _ of [1, 2]) {
      expect(held.describe()).toEqual({ source: read, sink: 1, held: Buffer.from('one two ') });
    }
    expect(written()).toBe('before ');
    held.resume();
    say('after');
    await expect.poll(written).toBe('before one two after');
    expect(held.describe()?.held).toHaveLength(0);
  });

  it('waits for the write that is on its way', async () => {
    let finish = (): void => {};
    const { relay: held, say } = relay({
      fd: 1,
      write: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    });
    say('slowly');
    await expect.poll(() => held.writing).toBe(true);
    let rested = false;
    void held.hold().then(() => {
      rested = true;
    });
    await delay(30);
    expect({ rested, writing: held.writing }).toEqual({ rested: false, writing: true });
    finish();
    await expect.poll(() => rested).toBe(true);
    await turn();
    expect(held.writing).toBe(false);
    held.resume();
  });

  it('into a sink of somebody else’s can not be described', async () => {
    const { relay: held, say, written } = relay({});
    say('x');
    await expect.poll(written).toBe('x');
    await held.hold();
    expect(held.describe()).toBeNull();
  });
});
