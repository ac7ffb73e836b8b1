import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNames, joinPath, nameOf } from '../../../lib/targets/path-names.ts';

// Characters that collation is tempted to ignore, to fold or to compare as numbers.
const name = fc.string({
  unit: fc.constantFrom(
    'a',
    'A',
    'b',
    'é',
    'e\u0301',
    '0',
    '1',
    '10',
    '007',
    '-',
    '_',
    '.',
    ' ',
    '\n',
    '\u00ad',
    '\u0000',
    '९',
    'ß',
  ),
  maxLength: 6,
});

describe('compareNames', () => {
  it('is a total order', () => {
    fc.assert(
      fc.property(
        fc.oneof(name, fc.string()),
        fc.oneof(name, fc.string()),
        fc.oneof(name, fc.string()),
        (a, b, c) => {
          expect(Math.sign(compareNames(a, b))).toBe(-Math.sign(compareNames(b, a)) + 0);
          expect(compareNames(a, b) === 0).toBe(a === b);
          if (compareNames(a, b) <= 0 && compareNames(b, c) <= 0)
            expect(compareNames(a, c)).toBeLessThanOrEqual(0);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('gives one order to a set of names, however they come', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.infiniteStream(fc.nat()), (names, stream) => {
        const shuffled = names
          .map((text) => ({ text, key: stream.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ text }) => text);
        expect(shuffled.sort(compareNames)).toEqual([...names].sort(compareNames));
      }),
    );
  });

  it('counts shards as people do', () => {
    const shards = [
      'model-10.gguf',
      'model-9.gguf',
      'model-00002-of-00010',
      'model-00010-of-00010',
      'Model-1.gguf',
    ];
    expect([...shards].sort(compareNames)).toEqual([
      'Model-1.gguf',
      'model-00002-of-00010',
      'model-9.gguf',
      'model-00010-of-00010',
      'model-10.gguf',
    ]);
  });
});

describe('nameOf', () => {
  it('is exact, or keeps the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const shown = nameOf(Buffer.from(bytes));
        const raw = 'rawPath' in shown ? shown.rawPath : Buffer.from(shown.path);
        expect(Buffer.compare(raw, bytes)).toBe(0);
      }),
    );
  });

  it('shows the names that can be shown, and the bytes of the others', () => {
    const path = Buffer.concat([Buffer.from('/é/'), Buffer.from([0x61, 0xff, 0x0a]), Buffer.from('/b')]);
    expect(nameOf(path)).toEqual({ path: '/é/a\\xff\n/b', rawPath: path });
  });
});

it('joinPath puts one slash between', () => {
  expect(joinPath(Buffer.from('/'), Buffer.from('a')).toString()).toBe('/a');
  expect(joinPath(Buffer.from('/m'), Buffer.from('a')).toString()).toBe('/m/a');
  expect(joinPath(Buffer.from('/m/'), Buffer.from('a')).toString()).toBe('/m/a');
});
