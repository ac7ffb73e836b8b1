import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type FootprintReport,
  mergeInventories,
  reportFootprint,
} from '../../../../lib/storage/footprint/index.ts';
import { anyInventory, HEX, inventoryOf, made } from './made.ts';

const named = (digit: string) => ({ hex: HEX(digit), from: 'name' as const });
const report = (...files: Parameters<typeof inventoryOf>[0]): FootprintReport =>
  reportFootprint(inventoryOf(files));

test('copies by hash: one stays, and the rest is what a shared base saves', () => {
  const { savable, duplicates, total } = report(
    made({ ino: '1', hash: named('a') }),
    made({ ino: '2', hash: named('a') }),
    made({ ino: '3', node: 'b', hash: named('a') }),
    made({ ino: '4', hash: named('b') }),
  );
  expect(savable).toEqual({
    bytes: 2000,
    certainBytes: 2000,
    withinNodesBytes: 1000,
    acrossNodesBytes: 1000,
  });
  expect(total).toMatchObject({ files: 4, onDiskBytes: 4000, uniqueBytes: 2000 });
  expect(duplicates).toMatchObject([{ evidence: 'name', savableBytes: 2000, hash: HEX('a') }]);
});

test('a sample makes likely what only reading makes certain', () => {
  const sampled = { sample: HEX('1') };
  const { savable, duplicates } = report(
    made({ ino: '1', ...sampled, hash: named('a') }),
    made({ ino: '2', ...sampled }),
  );
  expect(savable).toMatchObject({ bytes: 1000, certainBytes: 0 });
  expect(duplicates).toMatchObject([{ evidence: 'sample', hash: HEX('a') }]);
  const read = { hex: HEX('a'), from: 'read' as const };
  const verified = report(made({ ino: '1', hash: read }), made({ ino: '2', hash: read }));
  expect(verified.duplicates).toMatchObject([{ evidence: 'read' }]);
});

test('what could be a copy of either of two is a copy of neither', () => {
  const sample = HEX('1');
  const { savable } = report(
    made({ ino: '1', sample, hash: named('a') }),
    made({ ino: '2', sample, hash: named('b') }),
    made({ ino: '3', sample }),
  );
  expect(savable.bytes).toBe(0);
});

test('files of one size that nothing compares are told of, and not taken for equal', () => {
  const { savable, uncomparedBytes } = report(
    made({ ino: '1' }),
    made({ ino: '2' }),
    made({ ino: '3', size: 5 }),
  );
  expect({ bytes: savable.bytes, uncomparedBytes }).toEqual({ bytes: 0, uncomparedBytes: 2000 });
});

test('hard links, reflinks and holes take nothing', () => {
  const shared = [[4096, 8192] as const];
  const { total, savable } = report(
    made({ ino: '1', names: 3, size: 8192, allocated: 8192, shared, hash: named('a') }),
    made({ ino: '2', size: 8192, allocated: 8192, shared, hash: named('a') }),
    made({ ino: '3', size: 1_000_000, allocated: 0 }),
  );
  expect(total).toMatchObject({ apparentBytes: 4 * 8192 + 1_000_000, onDiskBytes: 8192, uniqueBytes: 8192 });
  expect(savable.bytes).toBe(0);
});

test('the same places on another device are other places', () => {
  const shared = [[4096, 1000] as const];
  const { total } = report(made({ ino: '1', shared }), made({ ino: '2', node: 'b', shared }));
  expect(total.onDiskBytes).toBe(2000);
});

test('a file that a server exports counts once, however many nodes mount it', () => {
  const storage = 'nfs4 server:/models';
  const merged = mergeInventories([
    inventoryOf([made({ storage })]),
    inventoryOf([made({ node: 'b', storage })]),
  ]);
  expect(reportFootprint(merged).total.onDiskBytes).toBe(1000);
});

test('unique ≤ on disk ≤ apparent, in every row, and savings add up', () => {
  fc.assert(
    fc.property(anyInventory, (inventory) => {
      const { total, savable, backends, models, nodes } = reportFootprint(inventory);
      for (const row of [total, ...backends, ...models, ...nodes]) {
        expect(row.uniqueBytes).toBeLessThanOrEqual(row.onDiskBytes);
        expect(row.onDiskBytes).toBeLessThanOrEqual(row.apparentBytes);
        expect(row.elsewhereBytes).toBeLessThanOrEqual(row.uniqueBytes);
        expect(row.onDiskBytes).toBeGreaterThanOrEqual(0);
      }
      expect(total.onDiskBytes - total.uniqueBytes).toBe(savable.bytes);
      expect(savable.withinNodesBytes + savable.acrossNodesBytes).toBe(savable.bytes);
      expect(savable.acrossNodesBytes).toBeGreaterThanOrEqual(0);
      expect(savable.certainBytes).toBeLessThanOrEqual(savable.bytes);
      for (const rows of [backends, models, nodes]) {
        expect(rows.reduce((sum, { onDiskBytes }) => sum + onDiskBytes, 0)).toBe(total.onDiskBytes);
      }
    }),
  );
});

test('merging is commutative and idempotent', () => {
  fc.assert(
    fc.property(anyInventory, anyInventory, (a, b) => {
      const merged = mergeInventories([a, b]);
      expect(mergeInventories([b, a])).toEqual(merged);
      expect(mergeInventories([a, b, a, b])).toEqual(merged);
      expect(mergeInventories([merged])).toEqual(merged);
      expect(reportFootprint(mergeInventories([b, a]))).toEqual(reportFootprint(merged));
    }),
  );
});
