export { type FollowOptions, followMirror } from './follow.ts';
export { type MirrorPreview, mirror, planMirrorOf } from './mirror.ts';
export { type MirrorStatus, mirrorStatus } from './status.ts';
export { stopMirror } from './stop.ts';
export { planSwitch, SWITCH_KIND, type SwitchBy, type SwitchOptions } from './switch.ts';
export type {
  FileOutcome,
  FilesAndBytes,
  MirroredFile,
  MirrorOptions,
  MirrorProgress,
  MirrorResult,
  MirrorStop,
  Verified,
} from './types.ts';
