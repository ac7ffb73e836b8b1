import { expect, test } from 'vitest';
import { parseProcessLimits, readProcessLimits } from '../../../lib/host/process-limits.ts';
import { fixtureRoot } from './fixture-root.ts';

const TEXT = `Limit                     Soft Limit           Hard Limit           Units     
Max open files            1024                 524288               files     
Max locked memory         8388608              unlimited            bytes     
Max nice priority         0                    0                    
`;

test('soft and hard limits', () => {
  expect(parseProcessLimits(TEXT)).toEqual({
    lockedMemory: { soft: 8_388_608, hard: Number.POSITIVE_INFINITY },
    openFiles: { soft: 1024, hard: 524_288 },
  });
});

test.each(['', 'Max locked memory', 'Max locked memory  some  more  bytes', 'Max locked memory 1'])(
  '%j tells nothing',
  (text) => {
    expect(parseProcessLimits(text)).toEqual({ lockedMemory: null, openFiles: null });
  },
);

test('reads this process, another one, and none', async () => {
  expect((await readProcessLimits()).openFiles?.soft).toBeGreaterThan(2);
  const host = await fixtureRoot({ '/proc/7/limits': TEXT });
  expect((await readProcessLimits(7, host)).openFiles?.soft).toBe(1024);
  expect(await readProcessLimits(8, host)).toEqual({ lockedMemory: null, openFiles: null });
});
