import type { Tensor } from './tensor.ts';

/** Tensors that belong together: a layer, or what stands beside the layers. */
export interface Layer {
  /** `model.layers.12`, `blk.3`; elsewhere the name of the tensors' module, `model.embed_tokens`. */
  readonly name: string;
  readonly tensors: readonly Tensor[];
}

// Up to the first number between dots: what is numbered further in (experts) belongs to the layer.
const NUMBERED = /^(?:.*?\.)?\d+(?=\.)/;

/** The name of the layer that a tensor belongs to. Pure. */
export function layerOf(name: string): string {
  const numbered = NUMBERED.exec(name)?.[0];
  if (numbered !== undefined) return numbered;
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}

/** Tensors by layer, each where its first tensor stands. Pure. */
export function groupByLayer(tensors: readonly Tensor[]): readonly Layer[] {
  const groups = new Map<string, Tensor[]>();
  for (const tensor of tensors) {
    const name = layerOf(tensor.name);
    const group = groups.get(name);
    if (group) group.push(tensor);
    else groups.set(name, [tensor]);
  }
  return [...groups].map(([name, members]) => ({ name, tensors: members }));
}
