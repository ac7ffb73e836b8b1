import { expect, test } from 'vitest';
import { overlayLayers } from '../../../lib/host/overlay-layers.ts';

test.each([
  [
    ['rw', 'lowerdir=/a:/b', 'upperdir=/u', 'workdir=/w'],
    [
      ['upper', '/u'],
      ['lower', '/a'],
      ['lower', '/b'],
      ['work', '/w'],
    ],
  ],
  [
    ['lowerdir=/a::/data1::/data2'],
    [
      ['lower', '/a'],
      ['data-only lower', '/data1'],
      ['data-only lower', '/data2'],
    ],
  ],
  [
    ['lowerdir=/with\\:colon\\\\:/b'],
    [
      ['lower', '/with:colon\\'],
      ['lower', '/b'],
    ],
  ],
  [
    ['lowerdir+=/a:b', 'lowerdir+=/c', 'datadir+=/d'],
    [
      ['lower', '/a:b'],
      ['lower', '/c'],
      ['data-only lower', '/d'],
    ],
  ],
  [['rw', 'index=off', 'lowerdir='], []],
] as const)('%j', (options, expected) => {
  expect(overlayLayers(options).map(({ role, path }) => [role, path])).toEqual(expected);
});
