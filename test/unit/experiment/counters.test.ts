import { expect, it } from 'vitest';
import { compareFiles, compareMachine } from '../../../lib/experiment/compare-machine.ts';
import { type Counters, interferenceOf } from '../../../lib/experiment/counters.ts';
import { MACHINE } from './a-report.ts';

const BEFORE: Counters = {
  stalledUs: { cpu: 1000, io: 5000, memory: null },
  deviceBytes: 100,
  ourBytes: 50,
  load: 1.5,
};

it('what others read is what the device read less what we did', () => {
  const after = {
    ...BEFORE,
    stalledUs: { cpu: 3000, io: 5000, memory: null },
    deviceBytes: 1100,
    ourBytes: 650,
  };
  expect(interferenceOf(BEFORE, after)).toEqual({
    stalledMs: { cpu: 2, io: 0, memory: null },
    deviceBytes: 1000,
    ourBytes: 600,
    othersBytes: 400,
    load: 1.5,
  });
});

it('a counter that went back, or is missing, says nothing', () => {
  const after = { ...BEFORE, deviceBytes: 10, ourBytes: 60 };
  expect(interferenceOf(BEFORE, after)).toMatchObject({ deviceBytes: null, ourBytes: 10, othersBytes: null });
  // Read from another device: not less than nothing.
  expect(interferenceOf(BEFORE, { ...BEFORE, ourBytes: 900 }).othersBytes).toBe(0);
});

it('machines and files are compared fact by fact', () => {
  expect(compareMachine(MACHINE, { ...MACHINE }, false)).toEqual([]);
  expect(compareMachine(MACHINE, { ...MACHINE, scheduler: 'bfq' }, true)).toEqual([]);
  expect(compareMachine(MACHINE, { ...MACHINE, scheduler: 'bfq' }, false)).toEqual([
    { what: 'I/O scheduler', was: 'none', is: 'bfq', grave: false },
  ]);
  expect(compareMachine(MACHINE, { ...MACHINE, device: null }, false)).toMatchObject([
    { what: 'device', is: 'unknown', grave: true },
  ]);
  const file = { path: '/a', dev: '1', ino: '2', size: 3, modifiedNs: '4' };
  expect(compareFiles([file], [file])).toEqual([]);
  expect(compareFiles([file], [])).toMatchObject([{ what: '/a', is: 'missing', grave: true }]);
  expect(compareFiles([], [file])).toMatchObject([{ what: '/a', was: 'not in the set', grave: true }]);
});
