export { LAYOUT_NAMES, LAYOUTS } from './layouts.ts';
export { type Decision, decide, outermost, type Placed, type PlacedEntry } from './place.ts';
export { choosePolicy, type PolicyOptions, parsePolicy } from './policy.ts';
export type { LayoutName, Placement, PlacementRule, PolicyRule } from './types.ts';
