export type {
  CgroupReading,
  DeviceReadings,
  GuardOptions,
  GuardReadings,
  Reason,
  ReasonCode,
  Verdict,
} from './types.ts';
