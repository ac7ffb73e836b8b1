import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot } from '../../../lib/snapshot/index.ts';

/** What the format's document says, written by other code than the encoder, with every number free to lie. */
interface Lie {
  readonly version?: number;
  readonly flags?: number;
  readonly pageSize?: number;
  readonly savedAt?: bigint;
  readonly files?: number;
  readonly runs?: number;
  readonly bodyBytes?: bigint;
  readonly body?: Buffer;
  readonly compressed?: Buffer;
}

function forge(lie: Lie): Buffer {
  const body = lie.body ?? Buffer.alloc(0);
  const compressed = lie.compressed ?? deflateRawSync(body);
  const head = Buffer.alloc(48);
  head.write('\x89WSNAP\r\n', 'latin1');
  head.writeUInt16LE(lie.version ?? 1, 8);
  head.writeUInt16LE(lie.flags ?? 0, 10);
  head.writeUInt32LE(lie.pageSize ?? 4096, 12);
  head.writeBigUInt64LE(lie.savedAt ?? 0n, 16);
  head.writeUInt32LE(lie.files ?? 1, 24);
  head.writeUInt32LE(lie.runs ?? 0, 28);
  head.writeBigUInt64LE(lie.bodyBytes ?? BigInt(body.length), 32);
  head.writeBigUInt64LE(BigInt(compressed.length), 40);
  const sealed = Buffer.concat([head, compressed]);
  return Buffer.concat([sealed, createHash('sha256').update(sealed).digest()]);
}

const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};

interface LyingRecord {
  readonly kind?: number;
  readonly path?: Buffer;
  readonly pathLength?: bigint;
  readonly size?: bigint | readonly number[];
  readonly runs?: readonly (bigint | readonly number[])[];
  readonly count?: bigint;
  readonly more?: Buffer;
}

/** A known file of ten pages, unless told otherwise. */
function recordOf(lie: LyingRecord = {}): Buffer {
  const path = lie.path ?? Buffer.from('/a');
  const number = (value: bigint | readonly number[]): readonly number[] =>
    typeof value === 'bigint' ? varint(value) : value;
  const runs = lie.runs ?? [];
  return Buffer.concat([
    Buffer.of(lie.kind ?? 2),
    Buffer.from(varint(lie.pathLength ?? BigInt(path.length))),
    path,
    Buffer.alloc(16),
    Buffer.from(number(lie.size ?? 40960n)),
    Buffer.alloc(8),
    Buffer.from(varint(lie.count ?? BigInt(runs.length / 2))),
    ...runs.map((value) => Buffer.from(number(value))),
    lie.more ?? Buffer.alloc(0),
  ]);
}

function expectRefused(lie: Lie, why: RegExp): void {
  const bytes = forge(lie);
  expect(() => decodeSnapshot(bytes)).toThrow(expect.objectContaining({ code: 'WARMSET_BAD_SNAPSHOT' }));
  expect(() => decodeSnapshot(bytes)).toThrow(why);
}

describe('a forged snapshot, its checksum right', () => {
  it('that tells the truth is read', () => {
    const { files } = decodeSnapshot(forge({ body: recordOf({ runs: [1n, 2n, 3n, 4n] }), runs: 2 }));
    expect(files).toEqual([
      {
        path: '/a',
        dev: 0n,
        ino: 0n,
        size: 40960,
        state: 'known',
        modifiedNs: 0n,
        runs: Float64Array.of(1, 2, 6, 4),
      },
    ]);
    expect(decodeSnapshot(forge({ files: 0 })).files).toEqual([]);
  });

  const body = recordOf();
  it.for<[string, Lie, RegExp]>([
    ['version 0', { version: 0, body }, /version is 0/],
    ['the future', { version: 65535, body }, /version 65535/],
    ['unknown flags', { flags: 1, body }, /does not know/],
    ['a page of 0', { pageSize: 0, body }, /page size/],
    ['a page that is no power of two', { pageSize: 4097, body }, /page size/],
    ['a page of 2 GiB', { pageSize: 2 ** 31, body }, /page size/],
    ['a time past 2^53', { savedAt: 2n ** 53n, body }, /the time/],
    ['too many files', { files: 2 ** 18 + 1, body }, /number of files/],
    ['four billion files', { files: 2 ** 32 - 1, body }, /number of files/],
    ['too many runs', { runs: 2 ** 32 - 1, body }, /number of runs/],
    ['a body of 2^64', { bodyBytes: 2n ** 64n - 1n, body }, /length of the records/],
    ['a body past the limit', { bodyBytes: 2n ** 26n + 1n, body }, /length of the records/],
    ['a body longer than it says', { bodyBytes: BigInt(body.length - 1), body }, /decompressed/],
    ['a body shorter than it says', { bodyBytes: BigInt(body.length + 1), body }, /another length/],
    ['no deflate', { compressed: Buffer.from('x'), bodyBytes: 1n }, /decompressed/],
    ['a body of nothing', { body: Buffer.alloc(0) }, /in the middle/],
    ['one file more than there are', { files: 2, body }, /in the middle/],
    ['one file fewer', { files: 0, body }, /follows its last record/],
    ['fewer runs than said', { runs: 1, body }, /fewer runs/],
    ['the same path twice', { files: 2, body: Buffer.concat([body, body]) }, /twice/],
    ['bytes behind the last record', { body: Buffer.concat([body, Buffer.of(0)]) }, /follows/],
  ])('is refused: %s', ([, lie, why]) => {
    expectRefused(lie, why);
  });

  const longest = [255, 255, 255, 255, 255, 255, 255, 31];
  it.for<[string, LyingRecord, RegExp]>([
    ['an unknown kind', { kind: 4 }, /kind 4/],
    ['a known file without a time', { kind: 0 }, /kind 0/],
    ['a relative path', { path: Buffer.from('a') }, /not absolute/],
    ['no path', { path: Buffer.alloc(0) }, /not absolute/],
    ['a zero byte', { path: Buffer.from('/a\0b') }, /zero byte/],
    ['a path past PATH_MAX', { path: Buffer.alloc(4096, '/') }, /length of a path/],
    ['a path past the end', { pathLength: 4000n }, /in the middle/],
    ['a size past 2^53', { size: longest }, /a size is/],
    ['a size of too many bytes', { size: [128, 128, 128, 128, 128, 128, 128, 128, 1] }, /nobody writes/],
    ['a size written too long', { size: [128, 0] }, /nobody writes/],
    ['an empty run', { runs: [0n, 0n] }, /touch or are empty/],
    ['runs that touch', { runs: [0n, 1n, 0n, 1n] }, /touch or are empty/],
    ['a run beyond the end', { runs: [9n, 2n] }, /beyond/],
    ['a run of 2^53', { runs: [0n, longest] }, /a run is/],
    ['a gap of 2^52', { runs: [2n ** 52n, 1n] }, /a gap is/],
    ['more runs than the header gives', { runs: [0n, 1n, 1n, 1n, 1n, 1n] }, /number of runs/],
    ['runs that are not there', { count: 2n }, /in the middle/],
    ['an unknown reason', { kind: 3, count: 9n }, /reason/],
    ['a text that is no UTF-8', { kind: 1 | 2, count: 0n, more: Buffer.of(1, 0xff, 0) }, /UTF-8/],
  ])('is refused: %s', ([, lie, why]) => {
    expectRefused({ body: recordOf(lie), runs: 2 }, why);
  });

  it('is refused without being unpacked: a bomb', () => {
    // 64 KiB that would become 64 MiB, and as much again behind what the header admits.
    const bomb = deflateRawSync(Buffer.alloc(128 << 20));
    const before = process.memoryUsage().arrayBuffers;
    expectRefused({ compressed: bomb, bodyBytes: 1000n }, /decompressed/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });

  it('is refused or read, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(3), fc.nat(9), (bytes, files, runs) => {
        const forged = forge({ body: Buffer.from(bytes), files, runs });
        try {
          expect(decodeSnapshot(forged).files).toHaveLength(files);
        } catch (error) {
          expect(error).toMatchObject({ code: 'WARMSET_BAD_SNAPSHOT' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
