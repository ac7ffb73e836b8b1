import type { JobOptions } from '../native/job.ts';
import { type TensorResidency, tensorResidency } from '../residency/index.ts';
import {
  type GgufTable,
  groupByLayer,
  readTensorTable,
  type SafetensorsTable,
  type TargetFailure,
  type Tensor,
  toTargetFailure,
  type WarmFile,
} from '../targets/index.ts';

/** A tensor, or several that belong together. Bytes; `resident` is null where it isn't known. */
export interface CountedTensor extends Tensor {
  readonly resident: number | null;
}

export interface CountedLayer {
  readonly name: string;
  readonly tensors: readonly CountedTensor[];
  readonly length: number;
  readonly resident: number | null;
}

/** A model file, its tensors, and what of each is resident. */
export interface TensorReport {
  readonly file: WarmFile;
  readonly table: SafetensorsTable | GgufTable;
  readonly layers: readonly CountedLayer[];
  readonly residency: TensorResidency;
}

export type TensorResult =
  | { readonly kind: 'read'; readonly report: TensorReport }
  | { readonly kind: 'failed'; readonly failure: TargetFailure }
  /** Neither safetensors nor GGUF. */
  | { readonly kind: 'other' };

/** Reads a file's header and counts its pages. */
export async function reportTensors(
  file: WarmFile,
  matches: (name: string) => boolean,
  options: JobOptions,
): Promise<TensorResult> {
  try {
    const table = await readTensorTable(file, options);
    if (table === null) return { kind: 'other' };
    const tensors = table.tensors.filter(({ name }) => matches(name));
    const residency = await tensorResidency(file, tensors, options);
    return { kind: 'read', report: { file, table, layers: toLayers(tensors, residency), residency } };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { kind: 'failed', failure: toTargetFailure(file, error) };
  }
}

function toLayers(tensors: readonly Tensor[], residency: TensorResidency): readonly CountedLayer[] {
  const resident = new Map(
    tensors.map((tensor, index) => [
      tensor,
      residency.state === 'known' ? (residency.residentBytes[index] ?? 0) : null,
    ]),
  );
  return groupByLayer(tensors).map(({ name, tensors: members }) => {
    const counted = members.map((tensor) => ({ ...tensor, resident: resident.get(tensor) ?? null }));
    return { name, tensors: counted, ...sumOf(counted) };
  });
}

/** Unknown as soon as one of them is. */
export function sumOf(counted: readonly { readonly length: number; readonly resident: number | null }[]): {
  readonly length: number;
  readonly resident: number | null;
} {
  let length = 0;
  let resident: number | null = 0;
  for (const one of counted) {
    length += one.length;
    resident = resident === null || one.resident === null ? null : resident + one.resident;
  }
  return { length, resident };
}
