import { describe, expect, it } from 'vitest';
import {
  evictJson,
  lockJson,
  planJson,
  statusJson,
  toNamed,
  warmJson,
} from '../../../lib/cli/json-contract.ts';
import { stringifyJson } from '../../../lib/cli/render/json.ts';
import { PLAIN } from '../../../lib/cli/render/terminal.ts';
import type { EvictResult, FillPlan, Lock, WarmResult } from '../../../lib/fill/index.ts';
import type { WarmFile, WarmSet } from '../../../lib/targets/index.ts';

// Beyond 2^53, where a JSON number would be another one.
const file: WarmFile = { path: '/m/x', dev: 2n ** 63n + 1n, ino: 2n ** 64n - 1n, size: 5 };
const set: WarmSet = {
  files: [file],
  failures: [],
  skipped: { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 },
  size: 5,
};
const failure = { code: 'EIO', syscall: 'read', message: 'i/o error' };
const read = (document: object): Record<string, unknown> =>
  JSON.parse(stringifyJson(PLAIN, document)) as Record<string, unknown>;

describe('the JSON contract', () => {
  it('names a file by its path, and by its bytes only where they are not UTF-8', () => {
    expect(toNamed(file)).toEqual({ path: '/m/x' });
    const rawPath = Buffer.from([0x2f, 0xff]);
    expect(toNamed({ ...file, path: '/\\xff', rawPath })).toEqual({ path: '/\\xff', pathBytes: 'L/8=' });
  });

  it('writes dev and ino as exact strings', () => {
    const known = {
      file,
      size: 5,
      pages: 1,
      state: 'known',
      source: 'mincore',
      residentPages: 1,
      residentBytes: 5,
      dirtyPages: null,
      recentlyEvictedPages: null,
    } as const;
    const total = { files: 1, size: 5, residentBytes: 5, unknownFiles: 0, cacheHitRatio: 1 };
    expect(read(statusJson(set, { files: [known], total })).files).toEqual([
      {
        path: '/m/x',
        dev: '9223372036854775809',
        ino: '18446744073709551615',
        size: 5,
        pages: 1,
        residentPages: 1,
        residentBytes: 5,
        state: 'known',
        source: 'mincore',
        reason: null,
      },
    ]);
  });

  it('writes null for what is not known, never 0', () => {
    const reason = { code: 'not-permitted', message: 'm', remedy: 'r' } as const;
    const unknown = { file, size: 5, pages: 1, state: 'unknown', reason } as const;
    const total = { files: 1, size: 5, residentBytes: 0, unknownFiles: 1, cacheHitRatio: null };
    const status = read(statusJson(set, { files: [unknown], total }));
    expect(status).toMatchObject({ cache_hit_ratio: null });
    expect(status.files).toMatchObject([
      { residentPages: null, residentBytes: null, source: null, reason: 'm' },
    ]);
    const evicted = { files: [{ file, before: unknown, after: unknown, survival: null, failure: null }] };
    expect(read(evictJson(set, evicted as unknown as EvictResult)).files).toEqual([
      { path: '/m/x', residentBefore: null, residentNow: null, survival: null, error: null },
    ]);
  });

  it('keeps the reason of each file that failed', () => {
    const failed = [{ file, failure }];
    const plan = read(planJson(set, { files: [], failed } as unknown as FillPlan));
    expect(plan.files).toEqual([
      { path: '/m/x', asked: 5, alreadyResident: null, toRead: 0, error: failure },
    ]);
    const lock = read(lockJson(set, { lockedBytes: 0, lockedFiles: 0, failed } as unknown as Lock));
    expect(lock.failed).toEqual([{ path: '/m/x', error: failure }]);
    const engine = { engine: 'read', streams: 1, windowBytes: 4096, why: 'asked for' };
    const files = [{ file, asked: 5, alreadyResident: 0, read: 0, residentNow: null, lost: 0, failure }];
    const warm = read(warmJson(set, { engine, files, stopped: null } as unknown as WarmResult));
    expect(warm).toMatchObject({
      engine: 'read',
      stopped: null,
      files: [{ error: failure, residentNow: null }],
    });
  });
});
