import { badModel } from '../tensors/bad-model.ts';
import { elementsOf, type Tensor } from '../tensors/tensor.ts';

/** Bits an element. One that isn't here is believed to have the length that its offsets say. */
const BITS: Readonly<Record<string, number>> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E4M3: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2: 8,
  F8_E5M2FNUZ: 8,
  F8_E8M0: 8,
  U16: 16,
  I16: 16,
  F16: 16,
  BF16: 16,
  U32: 32,
  I32: 32,
  F32: 32,
  U64: 64,
  I64: 64,
  F64: 64,
  C64: 64,
};

/** Whether a tensor's shape and its length agree. Pure. */
export function checkShape({ name, dtype, shape, length }: Tensor, at: number): void {
  const elements = elementsOf(shape);
  if (elements === null) throw badModel(`the shape of ${name} has too large a product`, at);
  const bits = Object.hasOwn(BITS, dtype) ? BITS[dtype] : undefined;
  if (bits === undefined || (elements * bits) / 8 === length) return;
  throw badModel(`${name} has ${elements} elements of ${dtype}, but ${length} bytes`, at);
}

/** Whether tensors lie end to end, from behind the header to the end of the file, as the format wants it. Pure. */
export function checkLayout(tensors: readonly Tensor[], headerLength: number, fileSize: number): void {
  const inPlace = tensors.toSorted((a, b) => a.offset - b.offset || a.length - b.length);
  let reached = headerLength;
  for (const { name, offset, length } of inPlace) {
    if (offset + length > fileSize) {
      throw badModel(
        `${name} ends at byte ${offset + length}, but the file at byte ${fileSize}: it is cut off`,
        offset,
      );
    }
    if (offset < reached) throw badModel(`${name} overlaps the tensor before it`, offset);
    if (offset > reached)
      throw badModel(`nothing is said of the ${offset - reached} bytes before ${name}`, reached);
    reached = offset + length;
  }
  if (reached < fileSize) throw badModel(`nothing is said of its last ${fileSize - reached} bytes`, reached);
}
