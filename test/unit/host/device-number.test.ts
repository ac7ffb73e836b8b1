import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { splitDevice } from '../../../lib/host/device-number.ts';

test.each([
  [65_024, 254, 0],
  [0x0801n, 8, 1],
  [0x1001_0302n, 0x103, 0x10002],
  // The widest halves: 32 bits each.
  [0xffff_ffff_ffff_ffffn, 0xffff_ffff, 0xffff_ffff],
])('%d is %i:%i', (dev, major, minor) => {
  expect(splitDevice(dev)).toEqual({ major, minor });
});

test('/dev/null is 1:3', async () => {
  expect(splitDevice((await stat('/dev/null', { bigint: true })).rdev)).toEqual({ major: 1, minor: 3 });
});
