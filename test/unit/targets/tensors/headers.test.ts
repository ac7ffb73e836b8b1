import { describe, expect, it } from 'vitest';
import { WarmsetError } from '../../../../lib/errors.ts';
import { GGML_TYPES } from '../../../../lib/targets/gguf/types.ts';
import { parseGguf, parseSafetensorsHeader } from '../../../../lib/targets/index.ts';
import { HOSTILE_GGUF, HOSTILE_SAFETENSORS } from '../../../support/hostile-models.ts';
import {
  GgufWriter,
  ggufFile,
  llamaTensors,
  safetensorsFile,
  safetensorsHeader,
} from '../../../support/model-files.ts';

function refusal(parse: () => unknown): WarmsetError {
  try {
    parse();
  } catch (error) {
    if (WarmsetError.is(error)) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a safetensors header', () => {
  it('gives the tensors in its own order, with their places in the file', () => {
    const file = safetensorsFile(
      [
        { name: 'z', shape: [2, 3] },
        { name: 'a', dtype: 'F32', shape: [], bytes: 4 },
        { name: 'empty', shape: [0, 7] },
      ],
      { format: 'pt', note: 'a "quoted" word \\ and é' },
    );
    const table = parseSafetensorsHeader(file, file.length);
    const start = file.length - 16;
    expect(table).toEqual({
      format: 'safetensors',
      fileSize: file.length,
      headerLength: start,
      tensors: [
        { name: 'z', dtype: 'BF16', shape: [2, 3], offset: start, length: 12 },
        { name: 'a', dtype: 'F32', shape: [], offset: start + 12, length: 4 },
        { name: 'empty', dtype: 'BF16', shape: [0, 7], offset: start + 16, length: 0 },
      ],
    });
  });

  it('may list tensors in another order than they lie in', () => {
    const header = {
      second: { data_offsets: [2, 6], shape: [2], dtype: 'BF16' },
      first: { dtype: 'U8', shape: [2], data_offsets: [0, 2] },
    };
    const file = Buffer.concat([safetensorsHeader(header), Buffer.alloc(6)]);
    const { tensors } = parseSafetensorsHeader(file, file.length);
    expect(tensors.map(({ name, length }) => [name, length])).toEqual([
      ['second', 4],
      ['first', 2],
    ]);
  });

  it.each([
    ['{}', 0],
    [' { } \n', 0],
    ['{"a":{"dtype":"F4","shape":[3,2],"data_offsets":[0,3]}}', 3],
    ['{"a":{"dtype":"NEW9","shape":[3],"data_offsets":[0,100]}}', 100],
    ['{"a":{"later":{"x":[1,{"y":null}]},"dtype":"U8","shape":[1],"more":-1.5e3,"data_offsets":[0,1]}}', 1],
    [' {\t"\\u00e9\\n" : { "dtype" : "U8" ,\n"shape" : [ 1 ] , "data_offsets" : [ 0 , 1 ] } } ', 1],
  ])('is taken: %s', (json, data) => {
    const file = Buffer.concat([safetensorsHeader(json), Buffer.alloc(data)]);
    expect(parseSafetensorsHeader(file, file.length).headerLength).toBe(file.length - data);
  });

  it.each(HOSTILE_SAFETENSORS)('is refused: $name', ({ bytes, fileSize, told }) => {
    const error = refusal(() => parseSafetensorsHeader(bytes, fileSize ?? bytes.length));
    expect(error.code).toBe('WARMSET_BAD_MODEL');
    expect(error.message).toMatch(told);
    expect(error.message).toMatch(/\(at byte \d+\)\.$/);
    expect(error.remedy).toContain('plain bytes');
  });

  it('may name no more tensors than any model has', () => {
    const one = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
    const names = (count: number) =>
      Array.from({ length: count }, (_, index) => `"${index}":${one}`).join(',');
    const most = safetensorsHeader(`{${names(2 ** 18)}}`);
    expect(parseSafetensorsHeader(most, most.length).tensors).toHaveLength(2 ** 18);
    const more = safetensorsHeader(`{${names(2 ** 18 + 1)}}`);
    expect(refusal(() => parseSafetensorsHeader(more, more.length)).message).toMatch(
      /more than 262144 tensors/,
    );
  });
});

describe('a GGUF header', () => {
  it.each([
    ['1', { version: 1 }],
    ['2', { version: 2 }],
    ['3', {}],
    ['3, big-endian', { big: true }],
    ['3, aligned to 4096', { alignment: 4096 }],
    ['3, with a long vocabulary', { vocabulary: 50_000 }],
  ])('of version %s gives its tensors and what counts of its keys', (_, made) => {
    const file = ggufFile(made);
    const table = parseGguf(file);
    expect(table).toMatchObject({
      format: 'gguf',
      version: 3,
      littleEndian: true,
      alignment: 32,
      architecture: 'llama',
      name: 'Little Lama',
      blockCount: 2,
      split: null,
      fileSize: file.length,
      ...('big' in made ? { littleEndian: false } : {}),
      ...('version' in made || 'alignment' in made ? { ...made } : {}),
    });
    const { headerLength, alignment, tensors } = table;
    expect(headerLength % alignment).toBe(0);
    // The data, and nothing of the header, is filled with sevens.
    expect(file[headerLength]).toBe(7);
    expect(file[headerLength - 1]).not.toBe(7);
    const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment;
    expect(
      tensors.map(({ name, dtype, shape, size, length }) => ({ name, dtype, shape, size, length })),
    ).toEqual(
      [
        { name: 'token_embd.weight', shape: [64, 40], size: 5120 },
        { name: 'blk.0.attn_q.weight', shape: [64, 64], size: 8192 },
        { name: 'blk.0.attn_norm.weight', shape: [64], size: 128 },
        { name: 'blk.1.attn_q.weight', shape: [64, 64], size: 8192 },
        { name: 'output.weight', shape: [64, 33], size: 4224 },
      ].map((tensor) => ({ ...tensor, dtype: 'F16', length: tensor.size })),
    );
    let offset = headerLength;
    for (const tensor of tensors) {
      expect(tensor.offset).toBe(offset);
      offset += padded(tensor.length);
    }
  });

  it('says which part of a model it is', () => {
    const bytes = new GgufWriter().u64(0).u64(3);
    bytes.text('split.no').u32(2).raw(Buffer.of(1, 0));
    bytes.text('split.count').u32(2).raw(Buffer.of(3, 0));
    bytes.text('split.tensors.count').u32(5).u32(291);
    expect(parseGguf(bytes.bytes())).toMatchObject({
      split: { no: 1, count: 3, tensors: 291 },
      architecture: null,
      tensors: [],
    });
  });

  it('gives a tensor of an unknown type the room that it has', () => {
    const header = new GgufWriter().u64(3).u64(0);
    header.tensor('a', [5], 99, 0).tensor('b', [4], 0, 96).tensor('c', [4], 36, 128);
    const start = Math.ceil(header.length / 32) * 32;
    const file = Buffer.concat([header.bytes(), Buffer.alloc(start + 200 - header.length)]);
    expect(parseGguf(file).tensors).toMatchObject([
      { name: 'a', dtype: 'type 99', size: null, offset: start, length: 96 },
      { name: 'b', dtype: 'F32', size: 16, offset: start + 96, length: 16 },
      { name: 'c', dtype: 'type 36', size: null, offset: start + 128, length: 72 },
    ]);
  });

  it('skips arrays of every kind', () => {
    const file = new GgufWriter().u64(0).u64(4);
    file.text('a').u32(9).u32(9).u64(2);
    file.u32(8).u64(2).text('x').text('').u32(4).u64(1).u32(7);
    file.text('b').u32(9).u32(7).u64(3).raw(Buffer.alloc(3));
    file.text('c').u32(12).u64(1);
    file.numberValue('general.alignment', 64);
    expect(parseGguf(file.bytes())).toMatchObject({ alignment: 64, headerLength: file.length });
  });

  it.each(HOSTILE_GGUF)('is refused: $name', ({ bytes, fileSize, told }) => {
    const error = refusal(() => parseGguf(bytes, fileSize));
    expect(error.code).toBe('WARMSET_BAD_MODEL');
    expect(error.message).toMatch(told);
    expect(error.message).toMatch(/\(at byte \d+\)\.$/);
  });

  it('knows the types of ggml by their numbers', () => {
    const bits = (name: string) => {
      const type = [...GGML_TYPES.values()].find((candidate) => candidate.name === name);
      return type && (type.bytes * 8) / type.block;
    };
    // Bits a weight, as their makers publish them.
    expect(['Q4_0', 'Q8_0', 'Q4_K', 'Q6_K', 'IQ2_XXS', 'MXFP4', 'TQ1_0', 'BF16'].map(bits)).toEqual([
      4.5, 8.5, 4.5, 6.5625, 2.0625, 4.25, 1.6875, 16,
    ]);
  });
});

it('both take what the usual families have', () => {
  const file = safetensorsFile(llamaTensors(3));
  expect(parseSafetensorsHeader(file, file.length).tensors).toHaveLength(27);
});
