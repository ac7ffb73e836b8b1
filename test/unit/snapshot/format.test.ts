import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, encodeSnapshot } from '../../../lib/snapshot/index.ts';
import { record, snapshotOf, snapshots } from './snapshots.ts';

const REFUSED = expect.objectContaining({
  name: 'WarmsetError',
  code: 'WARMSET_BAD_SNAPSHOT',
  remedy: expect.stringMatching(/\w/),
});

const EXAMPLE = encodeSnapshot(
  snapshotOf(record(), {
    path: '/models/b',
    dev: 1n,
    ino: 3n,
    size: 5,
    state: 'unknown',
    modifiedNs: null,
    reason: { code: 'unreadable', message: 'no', remedy: 'look' },
  }),
);

const bytesOf = (runs: Float64Array): Buffer => Buffer.from(runs.buffer, runs.byteOffset, runs.byteLength);

describe('a snapshot', () => {
  it('comes back exactly as it was written, names that are no UTF-8 and all', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same bytes for the same pages, and small', () => {
    expect(encodeSnapshot(decodeSnapshot(EXAMPLE))).toEqual(EXAMPLE);
    const files = Array.from({ length: 1000 }, (_, index) =>
      record({ path: `/models/llama/shard-${index}.safetensors`, ino: BigInt(index) }),
    );
    expect(encodeSnapshot(snapshotOf(...files)).length).toBeLessThan(20_000);
  });

  it('is refused when any one byte is another', () => {
    for (let at = 0; at < EXAMPLE.length; at += 1) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const bytes = Buffer.from(EXAMPLE);
        bytes.writeUInt8((bytes[at] ?? 0) ^ flip, at);
        expect(() => decodeSnapshot(bytes), `byte ${at} ^ ${flip}`).toThrow(REFUSED);
      }
    }
  });

  it('is refused when it is cut off anywhere, or something follows', () => {
    for (let length = 0; length < EXAMPLE.length; length += 1) {
      expect(() => decodeSnapshot(EXAMPLE.subarray(0, length)), `${length} bytes`).toThrow(REFUSED);
    }
    expect(() => decodeSnapshot(Buffer.concat([EXAMPLE, Buffer.of(0)]))).toThrow(REFUSED);
  });

  it('is refused when it is anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => decodeSnapshot(Buffer.from(bytes))).toThrow(REFUSED);
        const begun = Buffer.concat([EXAMPLE.subarray(0, 8), bytes]);
        expect(() => decodeSnapshot(begun)).toThrow(REFUSED);
      }),
    );
  });

  it('of a later version says so', () => {
    const bytes = Buffer.from(EXAMPLE);
    bytes.writeUInt16LE(2, 8);
    expect(() => decodeSnapshot(bytes)).toThrow(/version 2 of the format, and this warmset knows 1/);
  });
});

describe('a snapshot that could not be read again', () => {
  it.for([
    ['a relative path', { path: 'models/a' }],
    ['a zero byte', { path: '/models/\0' }],
    ['a path too long', { path: `/${'a'.repeat(4095)}` }],
    ['a size that is none', { size: -1 }],
    ['a size past 2^53', { size: 2 ** 54 }],
    ['overlapping runs', { runs: Float64Array.of(0, 3, 2, 2) }],
    ['touching runs', { runs: Float64Array.of(0, 3, 3, 2) }],
    ['runs out of order', { runs: Float64Array.of(4, 1, 0, 1) }],
    ['an empty run', { runs: Float64Array.of(4, 0) }],
    ['a run beyond the end', { runs: Float64Array.of(8, 3) }],
    ['half a page', { runs: Float64Array.of(0.5, 1) }],
    ['a negative page', { runs: Float64Array.of(-1, 1) }],
    ['no number', { runs: Float64Array.of(Number.NaN, 1) }],
  ] as const)('is not written: %s', ([, changes]) => {
    expect(() => encodeSnapshot(snapshotOf(record(changes)))).toThrow(
      expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT' }),
    );
  });

  it('is not written: a path twice, a page size that is none', () => {
    expect(() => encodeSnapshot(snapshotOf(record(), record()))).toThrow(/is there twice/);
    for (const pageSize of [0, 1000, 2 ** 30, Number.NaN]) {
      expect(() => encodeSnapshot({ ...snapshotOf(record()), pageSize })).toThrow(/no page size/);
    }
  });

  it('is not written: more runs than can be read', () => {
    const runs = Float64Array.from({ length: (2 ** 21 + 1) * 2 }, (_, at) => (at % 2 === 0 ? at : 1));
    const file = record({ runs, size: 2 ** 40 });
    expect(() => encodeSnapshot(snapshotOf(file))).toThrow(/more than 2097152 separate runs/);
    const most = record({ runs: runs.slice(2), size: 2 ** 40 });
    const [read] = decodeSnapshot(encodeSnapshot(snapshotOf(most))).files;
    // Element by element it would take a minute.
    const same = read?.state === 'known' && Buffer.compare(bytesOf(read.runs), bytesOf(most.runs)) === 0;
    expect(same).toBe(true);
  });

  it('has its words shortened, and nothing else', () => {
    const file = { ...record(), state: 'unknown' as const, modifiedNs: null };
    const { runs: _, ...rest } = file;
    const reason = { code: 'unreadable' as const, message: 'é'.repeat(5000), remedy: '' };
    const [read] = decodeSnapshot(encodeSnapshot(snapshotOf({ ...rest, reason }))).files;
    expect(read).toEqual({ ...rest, reason: { ...reason, message: 'é'.repeat(2048) } });
  });
});
