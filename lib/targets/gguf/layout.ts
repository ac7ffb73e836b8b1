import { badModel } from '../tensors/bad-model.ts';
import { elementsOf, type Tensor } from '../tensors/tensor.ts';
import { GGML_TYPES } from './types.ts';

export interface GgufTensor extends Tensor {
  /** Number of the type in the file. */
  readonly typeId: number;
  /** Bytes by type and shape; null for a type that isn't known, whose `length` goes to the next tensor or the end. */
  readonly size: number | null;
}

/** What a header says of a tensor. */
export interface TensorInfo {
  readonly name: string;
  readonly shape: readonly number[];
  readonly typeId: number;
  /** Bytes behind the beginning of the data. */
  readonly offset: number;
  /** Where in the file it is said. */
  readonly at: number;
}

/**
 * Where tensors lie in a file, in the order of the header. Gaps are none of our business: the format wants only that
 * each begins at a multiple of the alignment. Pure.
 */
export function placeTensors(
  infos: readonly TensorInfo[],
  dataStart: number,
  alignment: number,
  fileSize: number,
): readonly GgufTensor[] {
  const sizes = new Map(infos.map((info) => [info, sizeOf(info)] as const));
  const inPlace = infos.toSorted((a, b) => a.offset - b.offset || (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0));
  const ends = new Map<TensorInfo, number>();
  inPlace.forEach((info, index) => {
    const { name, offset, at } = info;
    if (offset % alignment !== 0) throw badModel(`${name} begins at no multiple of ${alignment}`, at);
    const next = inPlace[index + 1];
    const limit = next === undefined ? fileSize : dataStart + next.offset;
    const start = dataStart + offset;
    const size = sizes.get(info) ?? null;
    const end = size === null ? limit : start + size;
    if (end > fileSize || start > fileSize) {
      throw badModel(
        `${name} ends at byte ${Math.max(start, end)}, but the file at byte ${fileSize}: it is cut off`,
        at,
      );
    }
    if (end > limit) throw badModel(`${name} overlaps ${next?.name ?? ''}, which comes behind it`, at);
    ends.set(info, end);
  });
  return infos.map((info): GgufTensor => {
    const { name, shape, typeId } = info;
    const offset = dataStart + info.offset;
    const dtype = GGML_TYPES.get(typeId)?.name ?? `type ${typeId}`;
    const length = (ends.get(info) ?? offset) - offset;
    return { name, dtype, typeId, shape, offset, length, size: sizes.get(info) ?? null };
  });
}

function sizeOf({ name, shape, typeId, at }: TensorInfo): number | null {
  const elements = elementsOf(shape);
  if (elements === null) throw badModel(`the shape of ${name} has too large a product`, at);
  const type = GGML_TYPES.get(typeId);
  if (type === undefined) return null;
  const [row = 1] = shape;
  if (row % type.block !== 0) {
    throw badModel(
      `${name} has rows of ${row} elements, and ${type.name} comes in blocks of ${type.block}`,
      at,
    );
  }
  const size = (elements / type.block) * type.bytes;
  if (!Number.isSafeInteger(size)) throw badModel(`the shape of ${name} has too large a product`, at);
  return size;
}
