import type { ChangeRecord } from '../../change/index.ts';
import type { DeviceScheduler } from '../../storage/scheduler/index.ts';
import { STORAGE_STEPS } from '../../storage/step-kinds.ts';
import { renderChangeRecord } from './change-plan.ts';
import { bold } from './style.ts';
import { renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Disks with their I/O schedulers, and what was changed of them. */
export function renderSchedulers(
  terminal: Terminal,
  devices: readonly DeviceScheduler[],
  changes: readonly ChangeRecord[],
): string[] {
  const rows = devices.map(({ device, scheduler, available, honoursIdlePriority, model }) => [
    device,
    { text: scheduler ?? 'none told', style: bold },
    available.join(' '),
    honoursIdlePriority === null ? 'unknown' : honoursIdlePriority ? 'yes' : 'no',
    model ?? '',
  ]);
  return [
    ...renderTable(
      terminal,
      [
        { header: 'device' },
        { header: 'scheduler' },
        { header: 'available', drop: 2 },
        { header: 'idle priority' },
        { header: 'model', flexible: true, drop: 1 },
      ],
      rows,
    ),
    ...changes.flatMap((change) => ['', ...renderChangeRecord(terminal, change, STORAGE_STEPS)]),
  ];
}
