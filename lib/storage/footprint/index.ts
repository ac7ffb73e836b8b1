export { type FootprintOptions, type FootprintResult, takeFootprint } from './footprint.ts';
export { readInventory, writeInventory } from './inventory-file.ts';
export { mergeInventories } from './merge.ts';
export type { ReadingSummary } from './read-contents.ts';
export { reportFootprint } from './report.ts';
export {
  type Backend,
  type ContentHash,
  type DuplicateGroup,
  type Evidence,
  type FootprintInventory,
  type FootprintReport,
  type FootprintRow,
  type InventoryFailure,
  type InventoryFile,
  MOST_GROUPS,
  type SmallFiles,
} from './types.ts';
