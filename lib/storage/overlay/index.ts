export type { LayerChange, LayerEntry } from './diff.ts';
export type { Drift } from './drift.ts';
export { DEFAULT_FEATURES, type OverlayFeatures } from './options.ts';
export {
  applyOverlay,
  type OverlayStatus,
  prepareOverlay,
  type RemovedOverlay,
  readOverlayStatus,
  removeOverlay,
} from './overlay.ts';
export { OVERLAY, type OverlayOptions, planOverlay } from './plan.ts';
