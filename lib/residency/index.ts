export type {
  CountedFolios,
  EstimatedFolios,
  FolioBytes,
  FolioLayout,
  UnknownFolios,
  UnknownFoliosCode,
} from './folio-types.ts';
export { type FolioOptions, folioLayout } from './folios.ts';
export { type ResidencyOptions, residency, residencyOf } from './residency.ts';
export { type TensorResidency, tensorResidency } from './tensors.ts';
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
