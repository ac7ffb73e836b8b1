import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WarmsetError } from '../../../../lib/errors.ts';
import { parseGguf, parseSafetensorsHeader, type TensorTable } from '../../../../lib/targets/index.ts';
import { HOSTILE_GGUF, HOSTILE_SAFETENSORS } from '../../../support/hostile-models.ts';
import { ggufFile, llamaTensors, safetensorsFile } from '../../../support/model-files.ts';

type Parse = (bytes: Buffer, fileSize: number) => TensorTable;

/** What befalls files: bits that flip, bytes that change, ends that are missing, pieces that are doubled. */
const damage = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
    fc.record({ kind: fc.constant('set' as const), at: fc.nat(), byte: fc.nat(255) }),
    fc.record({ kind: fc.constant('number' as const), at: fc.nat(), value: fc.bigInt(0n, 2n ** 64n - 1n) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
    fc.record({ kind: fc.constant('double' as const), at: fc.nat(), length: fc.nat(64) }),
  ),
  { minLength: 1, maxLength: 6 },
);

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function apply(file: Buffer, changes: Damage): Buffer {
  let bytes = Buffer.from(file);
  for (const change of changes) {
    if (bytes.length === 0) return bytes;
    const at = change.at % bytes.length;
    if (change.kind === 'flip') bytes[at] = (bytes[at] ?? 0) ^ (1 << change.bit);
    else if (change.kind === 'set') bytes[at] = change.byte;
    else if (change.kind === 'number' && at + 8 <= bytes.length) bytes.writeBigUInt64LE(change.value, at);
    else if (change.kind === 'cut') bytes = bytes.subarray(0, at);
    else if (change.kind === 'double') {
      bytes = Buffer.concat([bytes.subarray(0, at + change.length), bytes.subarray(at)]);
    }
  }
  return bytes;
}

/** Either a table whose tensors lie inside the file and apart from each other, or the error that we mean. */
function check(parse: Parse, bytes: Buffer, fileSize = bytes.length): 'taken' | 'refused' {
  let table: TensorTable;
  try {
    table = parse(bytes, fileSize);
  } catch (error) {
    if (!WarmsetError.is(error) || error.code !== 'WARMSET_BAD_MODEL') throw error;
    expect(error.message.length).toBeLessThan(400);
    return 'refused';
  }
  let reached = table.headerLength;
  for (const { offset, length } of table.tensors.toSorted(
    (a, b) => a.offset - b.offset || a.length - b.length,
  )) {
    expect(Number.isSafeInteger(offset) && Number.isSafeInteger(length)).toBe(true);
    expect(offset).toBeGreaterThanOrEqual(reached);
    reached = offset + length;
  }
  expect(reached).toBeLessThanOrEqual(fileSize);
  return 'taken';
}

const small = llamaTensors(1, { hidden: 8, inner: 16, vocabulary: 10 });
const CASES: readonly { name: string; parse: Parse; file: Buffer; header: number }[] = [
  {
    name: 'safetensors',
    parse: parseSafetensorsHeader,
    file: safetensorsFile(small, { format: 'pt' }),
    header: 1100,
  },
  { name: 'GGUF', parse: parseGguf, file: ggufFile({ vocabulary: 4 }), header: 500 },
  { name: 'GGUF the other way round', parse: parseGguf, file: ggufFile({ big: true }), header: 500 },
];

describe.each(CASES)('a damaged file: $name', ({ parse, file, header }) => {
  it('is refused or read, and nothing else', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(damage, (changes) => {
        seen.add(check(parse, apply(file, changes)));
        // Most of a file is data, whose damage nobody sees.
        const inHeader = changes.map((change) => ({ ...change, at: change.at % header }));
        seen.add(check(parse, apply(file, inHeader)));
      }),
      { numRuns: 4000 },
    );
    // What only ever refuses, or takes everything, would pass, too.
    expect(seen).toEqual(new Set(['taken', 'refused']));
  });

  it('is refused wherever it ends', () => {
    const most = Math.min(file.length - 1, 2000);
    for (let end = 0; end < most; end += 1) {
      expect(check(parse, file.subarray(0, end)), `at ${end}`).toBe('refused');
      // As a file that shrinks between being looked up and being read.
      if (end < header / 2) expect(check(parse, file.subarray(0, end), file.length)).toBe('refused');
    }
  });

  it('may be any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(40), (bytes, from) => {
        check(parse, Buffer.from(bytes));
        check(parse, Buffer.concat([file.subarray(0, from), bytes]));
        check(parse, Buffer.concat([file.subarray(0, from), bytes]), 2 ** 50);
      }),
      { numRuns: 3000 },
    );
  });
});

it('what is hostile to one is no model to the other either', () => {
  for (const { bytes } of [...HOSTILE_GGUF, ...HOSTILE_SAFETENSORS]) {
    expect(() => [check(parseGguf, bytes), check(parseSafetensorsHeader, bytes)]).not.toThrow();
  }
});
