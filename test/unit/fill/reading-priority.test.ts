import { expect, test } from 'vitest';
import { readingPriority } from '../../../lib/fill/reading-priority.ts';
import { getNice } from '../../../lib/native/index.ts';

const facts = (nvmeTcp: boolean) => ({ rotational: false, remote: false, nvmeTcp });

test('over NVMe/TCP idle means the I/O class alone, and what was asked for stays', () => {
  const idle = { ioClass: 'idle', nice: getNice() };
  expect(readingPriority(undefined, facts(true))).toEqual(idle);
  expect(readingPriority('idle', facts(true))).toEqual(idle);
  expect(readingPriority('normal', facts(true))).toBe('normal');
  expect(readingPriority({ ioClass: 'none', nice: 19 }, facts(true))).toEqual({ ioClass: 'none', nice: 19 });
});

test('elsewhere nothing changes', () => {
  expect(readingPriority(undefined, facts(false))).toBeUndefined();
  expect(readingPriority('idle', facts(false))).toBe('idle');
  expect(readingPriority('idle', undefined)).toBe('idle');
});
