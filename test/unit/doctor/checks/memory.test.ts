import { expect, test } from 'vitest';
import { checkMemory } from '../../../../lib/doctor/checks/memory.ts';
import type { Readings } from '../../../../lib/doctor/index.ts';
import { GIB, memory, readings, setOf } from '../healthy.ts';

const available = (size: number, changes: Partial<Readings['memory']> = {}) =>
  checkMemory(readings({ set: setOf(size), memory: memory(changes) }))[0];
const swap = (changes: Partial<Readings['memory']>, swappiness: number | null = 60) =>
  checkMemory(readings({ memory: memory(changes), swappiness }))[1];

test('MemAvailable against the set', () => {
  expect(available(60 * GIB)).toMatchObject({ id: 'memory-available', level: 'ok' });
  expect(available(60 * GIB + 1)).toMatchObject({ level: 'problem' });
  expect(available(60 * GIB + 1)?.remedy).toContain('Free memory');
  expect(available(65 * GIB)?.remedy).toContain('this host has not the memory');
  expect(available(GIB, { memAvailable: null })).toMatchObject({ level: 'note', remedy: null });
  expect(checkMemory(readings())[0]?.level).toBe('ok');
});

test('swap', () => {
  expect(swap({})).toMatchObject({ id: 'swap', level: 'ok' });
  const some = swap({ swapTotal: 8 * GIB, swapFree: 4 * GIB });
  expect(some).toMatchObject({ id: 'swap', level: 'note' });
  expect(some?.evidence).toContain('4.00 GiB of 8.00 GiB in use');
  expect(some?.evidence).toContain('vm.swappiness is 60');
  expect(swap({ swapTotal: 8 * GIB, swapFree: GIB })).toMatchObject({ level: 'warning' });
  const unread = swap({ swapTotal: 8 * GIB, swapFree: null }, null);
  expect(unread).toMatchObject({ level: 'note' });
  expect(unread?.evidence).toContain('an unknown part of');
  expect(unread?.evidence).toContain('vm.swappiness is unknown');
  expect(swap({ swapTotal: null })).toMatchObject({ level: 'note', remedy: null });
});
