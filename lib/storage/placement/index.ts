export { LAYOUT_NAMES, LAYOUTS } from './layouts.ts';
export { type Decision, decide, type Found, outermost, type Placed } from './place.ts';
export { choosePolicy, type PolicyOptions, parsePolicy } from './policy.ts';
export type { LayoutName, Placement, PlacementRule, PolicyRule } from './types.ts';
