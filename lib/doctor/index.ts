export { type DiagnoseOptions, diagnose, examine } from './diagnose.ts';
export type { Diagnosis, Finding, Level } from './finding.ts';
export { type GatherOptions, gather } from './gather.ts';
export type {
  FilesystemReading,
  FoliosReading,
  MeasuredReading,
  NativeReading,
  Readings,
  SetReadings,
  UnknownGroup,
} from './readings.ts';
