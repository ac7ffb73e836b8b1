/**
 * - `shared`: comes from the shared base; what is written goes to this node's own layer.
 * - `local`: a directory of this node's alone, an ordinary one with ordinary locks; what the base has there is hidden.
 * - `seeded`: the same, filled once with a copy of what the base has there.
 */
export type Placement = 'shared' | 'local' | 'seeded';

/** Where one directory of a backend's cache belongs. */
export interface PlacementRule {
  /** Relative to the path that is laid over, without `.` and `..`. */
  readonly path: string;
  readonly placement: Placement;
  readonly why: string;
  /** Applies only where a name that begins so stands beside the path's first component. */
  readonly beside?: string | undefined;
}

export type LayoutName = 'vllm' | 'sglang' | 'tensorrt-llm' | 'ollama' | 'hf-hub';

/** A rule, and who made it: what is asked for by name is done or refused, a default that doesn't fit is passed over. */
export interface PolicyRule extends PlacementRule {
  readonly from: 'default' | 'file' | 'option';
}
