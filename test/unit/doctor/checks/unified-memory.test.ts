import { expect, test } from 'vitest';
import { checkUnifiedMemory } from '../../../../lib/doctor/checks/unified-memory.ts';
import { readings } from '../healthy.ts';

const check = (board: string | null, ...gpus: string[]) =>
  checkUnifiedMemory(readings({ machine: { board, gpus } }));

test.each([['NVIDIA Jetson AGX Orin Developer Kit'], ['NVIDIA Orin Nano Developer Kit'], ['Jetson-AGX']])(
  '%s shares its memory',
  (board) => {
    const [finding] = check(board);
    expect(finding).toMatchObject({ id: 'unified-memory', level: 'warning' });
    expect(finding?.evidence).toContain(`/proc/device-tree/model is ${board}`);
  },
);

test('a GPU may give it away', () => {
  expect(check(null, 'NVIDIA H200', 'NVIDIA GB10')[0]?.evidence).toContain('NVIDIA GB10');
});

test('silent for everything else', () => {
  expect(check(null)).toEqual([]);
  expect(check('Raspberry Pi 5 Model B Rev 1.0')).toEqual([]);
  expect(check(null, 'NVIDIA H200', 'NVIDIA GB100', 'NVIDIA GH200 480GB')).toEqual([]);
});
