import { describe, expect, it } from 'vitest';
import { chooseEngine } from '../../../lib/fill/choose-engine.ts';
import type { Features } from '../../../lib/native/index.ts';

const FEATURES: Features = {
  kernelRelease: '6.18.0',
  pageSize: 4096,
  cachestat: 'available',
  populateRead: 'available',
  nowaitReads: 'available',
  ioPriority: 'available',
};

describe('the engine', () => {
  it('is populate where the kernel has it', () => {
    expect(chooseEngine(FEATURES)).toMatchObject({ engine: 'populate', streams: 2, windowBytes: 2 ** 22 });
  });

  it('reads small files by copying them, with more of them on their way where most are small', () => {
    expect(chooseEngine(FEATURES, {}, 2 ** 30)).toMatchObject({ streams: 2, smallBytes: 2 ** 20 });
    expect(chooseEngine(FEATURES, {}, 32 * 1024)).toMatchObject({ streams: 8, smallBytes: 2 ** 20 });
    expect(chooseEngine(FEATURES, { streams: 3 }, 32 * 1024)).toMatchObject({ streams: 3 });
  });

  it('asks fewer streams of a disk that rotates, more of one that answers over a network, and says so', () => {
    const on = (rotational: boolean, remote: boolean) =>
      chooseEngine(FEATURES, {}, 2 ** 30, { rotational, remote, nvmeTcp: false });
    expect(on(true, false)).toMatchObject({ streams: 1, why: expect.stringContaining('rotates') });
    expect(on(false, true)).toMatchObject({ streams: 8, why: expect.stringContaining('network') });
    expect(
      chooseEngine(FEATURES, { streams: 3 }, 2 ** 30, { rotational: true, remote: false, nvmeTcp: false }),
    ).toMatchObject({
      streams: 3,
      calibrate: false,
      why: expect.not.stringContaining('rotates'),
    });
  });

  it('asks one stream of large files over NVMe/TCP and tries no more', () => {
    const facts = { rotational: false, remote: false, nvmeTcp: true };
    expect(chooseEngine(FEATURES, {}, 2 ** 30, facts)).toMatchObject({
      streams: 1,
      calibrate: false,
      why: expect.stringContaining('NVMe/TCP'),
    });
    expect(chooseEngine(FEATURES, {}, 32 * 1024, facts)).toMatchObject({ streams: 8 });
    expect(chooseEngine(FEATURES, { streams: 3 }, 2 ** 30, facts)).toMatchObject({ streams: 3 });
  });

  it.for([
    ['blocked', /a sandbox blocks MADV_POPULATE_READ/],
    ['missing', /kernel 6\.18\.0 has no MADV_POPULATE_READ \(5\.14\)/],
  ] as const)('is sendfile where populate is %s, and says why', ([populateRead, why]) => {
    const choice = chooseEngine({ ...FEATURES, populateRead });
    expect(choice).toMatchObject({ engine: 'sendfile', why: expect.stringMatching(why) });
    expect(() => chooseEngine({ ...FEATURES, populateRead }, { engine: 'populate' })).toThrow(
      expect.objectContaining({ code: 'WARMSET_UNSUPPORTED', message: expect.stringMatching(why) }),
    );
  });

  it.for(['populate', 'sendfile', 'read', 'willneed'] as const)('is %s when asked for', (engine) => {
    const choice = chooseEngine(FEATURES, { engine, streams: 64, windowBytes: 4096 });
    expect(choice).toEqual({
      engine,
      streams: 64,
      windowBytes: 4096,
      smallBytes: 0,
      touch: true,
      calibrate: false,
      why: 'asked for',
    });
  });

  it.for([
    { streams: 0 },
    { streams: 65 },
    { streams: 1.5 },
    { streams: Number.NaN },
    { windowBytes: 0 },
    { windowBytes: 4095 },
    { windowBytes: -4096 },
    { windowBytes: Number.POSITIVE_INFINITY },
    { engine: 'fast' as never },
  ])('refuses %o, names it and says what to give', (options) => {
    const [name, value] = Object.entries(options)[0] ?? [];
    expect(() => chooseEngine(FEATURES, options)).toThrow(
      expect.objectContaining({
        code: 'WARMSET_BAD_ARGUMENT',
        subject: name,
        message: expect.stringContaining(`not ${String(value)}`),
        remedy: expect.stringMatching(/^Give /),
      }),
    );
  });
});
