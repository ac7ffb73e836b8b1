import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDiskstats } from '../../../../lib/host/index.ts';
import { parseCpuTicks } from '../../../../lib/probe/host/cpu.ts';
import { parseGpuLine } from '../../../../lib/probe/host/nvidia-smi.ts';
import { wholeDisks } from '../../../../lib/probe/host/sample.ts';

test('ticks of all processors together, guest time once', () => {
  const text =
    'cpu  10 5 20 100 40 1 2 3 7 7\ncpu0 5 2 10 50 20 0 1 1 3 3\ncpu1 5 3 10 50 20 1 1 2 4 4\nintr 1\n';
  expect(parseCpuTicks(text)).toEqual({ total: 181, busy: 41, waiting: 40, processors: 2 });
  expect(parseCpuTicks('')).toBeNull();
  expect(parseCpuTicks('cpu  1 2 x 4')).toBeNull();
});

test.each([
  ['0, 1024, 81559, 37', { index: 0, memoryUsed: 2 ** 30, memoryTotal: 81_559 * 2 ** 20, utilisation: 0.37 }],
  ['1, [N/A], [Not Supported], [N/A]', { index: 1, memoryUsed: null, memoryTotal: null, utilisation: null }],
  ['2, 5, 10, 101', { index: 2, memoryUsed: 5 * 2 ** 20, memoryTotal: 10 * 2 ** 20, utilisation: null }],
  ['NVIDIA-SMI has failed because it could not communicate', null],
  ['No devices were found', null],
  ['', null],
  ['0, 1, 2', null],
])('a line of nvidia-smi: %j', (line, expected) => {
  expect(parseGpuLine(line)).toEqual(expected);
});

test('no line of nvidia-smi is a false number', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (line) => {
      const gpu = parseGpuLine(line);
      for (const value of gpu ? [gpu.memoryUsed, gpu.utilisation] : [])
        expect(value ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('disks count once: no partitions, nothing stacked, no second path', () => {
  const line = (name: string): string => `8 ${name.length} ${name} 1 0 8 1 0 0 0 0 0 1 1`;
  const names = [
    'sda',
    'sda1',
    'nvme0n1',
    'nvme0n1p2',
    'nvme0c1n1',
    'dm-0',
    'md127',
    'loop3',
    'vdb',
    'mmcblk0',
    'mmcblk0p1',
  ];
  const text = names.map((name, at) => line(name).replace(/^8 \d+/, `8 ${at}`)).join('\n');
  const found = wholeDisks(parseDiskstats(text).values()).map(({ name }) => name);
  expect(found).toEqual(['sda', 'nvme0n1', 'vdb', 'mmcblk0']);
});

test('a partition whose disk is hidden stands for it', () => {
  const text = '8 1 sdq1 1 0 8 1 0 0 0 0 0 1 1';
  expect(wholeDisks(parseDiskstats(text).values())).toHaveLength(1);
});
