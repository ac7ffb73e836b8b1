export { restoreLeftovers } from './restore.ts';
export type { Leftover } from './restore-file.ts';
export { openSchedulerSwitch, type SchedulerSwitch, type SwitchOptions } from './scheduler-switch.ts';
