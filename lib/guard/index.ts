export { Guard, type GuardBaselines } from './guard.ts';
export { REASON_CODES, REASONS } from './reasons.ts';
export type {
  CgroupReading,
  DeviceReadings,
  GuardOptions,
  GuardReadings,
  Reason,
  ReasonCode,
  Verdict,
} from './types.ts';
