export { type InspectOptions, inspectStorage, whatItMeans } from './inspect.ts';
export type {
  Ability,
  AbilityReading,
  ArrayState,
  DeviceKind,
  DeviceNode,
  HiddenPlace,
  KnownPlace,
  MountPart,
  NvmeNode,
  NvmePath,
  Place,
  PlaceRole,
  Queue,
  Space,
  StorageFinding,
  StorageInspection,
} from './types.ts';
