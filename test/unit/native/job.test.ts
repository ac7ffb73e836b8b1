import { describe, expect, it } from 'vitest';
import { cachestat, mincore } from '../../../lib/native/index.ts';
import { toRawPriority } from '../../../lib/native/job.ts';
import {
  describeErrno,
  isRawFailure,
  toFileFailure,
  toSystemError,
} from '../../../lib/native/system-error.ts';

const FILE = '/proc/self/exe';

describe('a signal', () => {
  it('that is aborted rejects with its reason, before anything is asked', async () => {
    const reason = new Error('no');
    await expect(mincore('/nonexistent', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('that aborts while the job waits rejects with its reason', async () => {
    const controller = new AbortController();
    const asked = Promise.allSettled(
      Array.from({ length: 200 }, () => mincore(FILE, { signal: controller.signal })),
    );
    const reason = { any: 'value' };
    controller.abort(reason);
    const outcomes = await asked;
    const rejected = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(rejected.length).toBeGreaterThan(0);
    expect(rejected.every((outcome) => outcome.reason === reason)).toBe(true);
  });

  it('may be that of many jobs, without a warning from Node', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 40 }, () => mincore(FILE, { signal })));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });

  it('that aborts later changes nothing, and is let go of', async () => {
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    await cachestat(FILE, { signal });
    await expect(mincore('/nonexistent', { signal })).rejects.toMatchObject({ code: 'ENOENT' });
    controller.abort();
    expect(listeners).toBe(0);
  });
});

describe('priorities', () => {
  it('become numbers', () => {
    expect(toRawPriority()).toEqual([3, 0, 19]);
    expect(toRawPriority('normal')).toBeNull();
    expect(toRawPriority({ ioClass: 'best-effort' })).toEqual([2, 4, 0]);
    expect(toRawPriority({ ioClass: 'realtime', ioLevel: 0, nice: -20 })).toEqual([1, 0, -20]);
  });
});

describe('failures', () => {
  it('have the words of Node', () => {
    expect(describeErrno(-5)).toEqual({ code: 'EIO', text: 'i/o error' });
    expect(describeErrno(-900)).toEqual({ code: 'E900', text: 'unknown error' });
    expect(toFileFailure({ errno: -13, syscall: 'open' })).toEqual({
      code: 'EACCES',
      syscall: 'open',
      message: 'permission denied',
    });
  });

  it('are not taken for errors, nor errors for them', () => {
    const failure = { errno: -2, syscall: 'open' };
    expect(isRawFailure(failure)).toBe(true);
    expect([isRawFailure(toSystemError(failure)), isRawFailure(null), isRawFailure('x')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
