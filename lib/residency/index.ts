export { type ResidencyOptions, residency, residencyOf } from './residency.ts';
export { totalOf } from './total.ts';
export type {
  FileResidency,
  KnownResidency,
  PageMap,
  ResidencyReport,
  ResidencySource,
  ResidencyTotal,
  UnknownCode,
  UnknownReason,
  UnknownResidency,
} from './types.ts';
