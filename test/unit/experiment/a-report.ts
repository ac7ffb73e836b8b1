import type { MachineFacts } from '../../../lib/experiment/machine-facts.ts';
import { makeReport, type Report } from '../../../lib/experiment/report/report.ts';
import type { Design, Trial } from '../../../lib/experiment/types.ts';
import { aDesign } from './trials.ts';

export const MACHINE: MachineFacts = {
  kernel: '6.18.0',
  cpu: 'A CPU',
  cpus: 8,
  memoryBytes: 64 * 2 ** 30,
  gpus: [],
  filesystem: 'ext4',
  device: 'nvme0n1',
  deviceModel: null,
  rotational: false,
  scheduler: 'none',
  readAheadKb: 128,
  maxSectorsKb: 1280,
  transparentHugePages: 'madvise',
  cgroupLimitBytes: null,
  node: 'v20.20.2',
};

export function aReport(trials: readonly Trial[], design: Partial<Design> = {}): Report {
  return makeReport({
    header: {
      type: 'header',
      schema: 'warmset.trials/1',
      startedAt: '2026-03-01T14:00:00.000Z',
      design: aDesign(design),
      machine: MACHINE,
      files: [{ path: '/models/a', dev: '1', ino: '2', size: 2 ** 30, modifiedNs: '3' }],
    },
    trials,
    differences: [],
    missing: 0,
  });
}
