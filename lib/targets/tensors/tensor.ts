/** One tensor of a model file, as its header describes it. */
export interface Tensor {
  readonly name: string;
  /** As the format names it: `BF16`, `F8_E4M3`, `Q4_K`; `type 99` for one that isn't known. */
  readonly dtype: string;
  /** In the format's own order: outermost dimension first in safetensors, innermost first in GGUF. */
  readonly shape: readonly number[];
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** What a model file's header says of its tensors. */
export interface TensorTable {
  readonly format: 'safetensors' | 'gguf';
  /** Bytes, when the header was read. */
  readonly fileSize: number;
  /** Bytes before the first place where a tensor's data may be. */
  readonly headerLength: number;
  /** In the header's order, which is the order in which loaders take them. Inside the file, apart from each other. */
  readonly tensors: readonly Tensor[];
}

/** More than any model has in one file: the largest mixtures of experts have 100,000 in all of their shards. */
export const MOST_TENSORS = 2 ** 18;

/** Bytes. Names have below a hundred. */
export const MOST_NAME_BYTES = 4096;

/** The product of a shape; null where it is no exact number. Pure. */
export function elementsOf(shape: readonly number[]): number | null {
  let elements = 1;
  for (const dimension of shape) {
    elements *= dimension;
    if (!Number.isSafeInteger(elements)) return null;
  }
  return elements;
}
