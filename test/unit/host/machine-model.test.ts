import { expect, test } from 'vitest';
import { parseGpuModel, readMachineModel, unifiedMemoryEvidence } from '../../../lib/host/machine-model.ts';
import { fixtureRoot } from './fixture-root.ts';

test('the model of a GPU', () => {
  expect(parseGpuModel('Model: \t\t NVIDIA GB10\nIRQ:   \t\t 0\n')).toBe('NVIDIA GB10');
  expect(parseGpuModel('IRQ: 0\nModel:\n')).toBeNull();
});

test('board and GPUs, and nothing where no file says', async () => {
  const host = await fixtureRoot({
    '/proc/device-tree/model': 'NVIDIA Jetson AGX Orin\0',
    '/proc/driver/nvidia/gpus/0000:02:00.0/information': 'Model: B\n',
    '/proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: A\n',
    '/proc/driver/nvidia/gpus/0000:03:00.0': null,
  });
  expect(await readMachineModel(host)).toEqual({ board: 'NVIDIA Jetson AGX Orin', gpus: ['A', 'B'] });
  expect(await readMachineModel(await fixtureRoot({ '/etc': null }))).toEqual({ board: null, gpus: [] });
});

test.each([
  [{ board: 'NVIDIA Jetson AGX Orin', gpus: [] }, 'Jetson AGX Orin'],
  [{ board: null, gpus: ['NVIDIA H200', 'NVIDIA GB10'] }, 'NVIDIA GB10'],
  [{ board: 'Raspberry Pi 5', gpus: ['NVIDIA GB200', 'NVIDIA H200'] }, null],
  [{ board: null, gpus: [] }, null],
])('%j shares its memory: %s', (machine, name) => {
  const evidence = unifiedMemoryEvidence(machine);
  if (name === null) expect(evidence).toBeNull();
  else expect(evidence).toContain(name);
});
