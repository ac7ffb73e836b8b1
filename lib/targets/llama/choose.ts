import { type GgufModel, parseSplit, partsOf } from '../order/gguf.ts';
import { HEADS, type Head, type LlamaRepository } from './name.ts';

/** What llama.cpp takes of a repository. */
export interface Choice {
  /** Parts of the model in order; empty where only a head is loaded. */
  readonly model: GgufModel;
  readonly projector: string | undefined;
  readonly heads: readonly string[];
  /** Something that is worth knowing about how it was chosen. */
  readonly note: string | undefined;
}

/** What takes the place of a quantisation that nobody named, in this order; without them the first model. */
const USUAL = ['Q4_K_M', 'Q8_0'] as const;
const BESIDE = ['mmproj', 'imatrix', ...HEADS.map((head) => `${head}-`)];
const NO_MODEL: GgufModel = { names: [], missing: [] };

/**
 * What a server loads of the files that are here; undefined where the model isn't among them. The server itself asks the
 * hub which files there are before it chooses, so without a quantisation it may yet choose one that isn't here. Pure.
 *
 * @param paths in the repository
 */
export function choose(
  paths: readonly string[],
  wanted: Pick<LlamaRepository, 'tag' | 'file' | 'projector' | 'draft' | 'heads'>,
): Choice | undefined {
  const sorted = [...paths].sort();
  const { tag, file } = wanted;
  const model = file === undefined ? chooseModel(sorted, tag) : named(sorted, file);
  if (wanted.draft && file === undefined) {
    const types: readonly Head[] = wanted.heads.length > 0 ? wanted.heads : HEADS;
    const [head] = findHeads(sorted, model?.path, types, tag);
    // A repository that has heads stands for them, not for its model.
    if (head !== undefined) return { model: NO_MODEL, projector: undefined, heads: [head], note: undefined };
  }
  if (model === undefined) return undefined;
  const split = parseSplit(model.path);
  return {
    model: split ? partsOf(split, new Set(sorted)) : { names: [model.path], missing: [] },
    projector: wanted.projector ? bestBeside(sorted, model.path, 'mmproj', undefined) : undefined,
    heads: wanted.draft ? [] : findHeads(sorted, model.path, wanted.heads, tag),
    note: model.note,
  };
}

/** A model by its name: neither a projector nor something else that lies beside one. Pure. */
export function isModelPath(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith('.gguf') && !BESIDE.some((word) => name.includes(word));
}

interface Chosen {
  readonly path: string;
  readonly note?: string;
}

function named(paths: readonly string[], file: string): Chosen | undefined {
  const lower = file.toLowerCase();
  const exact = paths.find((path) => path.toLowerCase() === lower);
  if (exact !== undefined) return { path: exact };
  const split = parseSplit(file);
  // Its first part may be what isn't here yet.
  return split && partsOf(split, new Set(paths)).names.length > 0 ? { path: file } : undefined;
}

function chooseModel(paths: readonly string[], tag: string | undefined): Chosen | undefined {
  const models = paths.filter(isModelPath);
  for (const quantisation of tag === undefined ? USUAL : [tag]) {
    const word = quantisation.toUpperCase();
    const path = models.find((one) =>
      [`${word}-`, `${word}.`].some((end) => one.toUpperCase().includes(end)),
    );
    if (path === undefined) continue;
    return quantisation === USUAL[0] || tag !== undefined
      ? { path }
      : { path, note: instead(`${quantisation} was taken`) };
  }
  const [first] = models;
  return tag !== undefined || first === undefined
    ? undefined
    : { path: first, note: instead('the first model that is here was taken') };
}

function instead(what: string): string {
  return `no quantisation is named, and ${USUAL[0]}, which the server takes first, isn't here: ${what}`;
}

function findHeads(
  paths: readonly string[],
  model: string | undefined,
  types: readonly Head[],
  tag: string | undefined,
): readonly string[] {
  return types.flatMap((type) => bestBeside(paths, model ?? '', `${type}-`, tag) ?? []);
}

/**
 * The file of a kind that suits a model best: in its directory or the nearest above it, then with the quantisation's very
 * name, then with the nearest number of bits. Pure.
 */
function bestBeside(
  paths: readonly string[],
  model: string,
  word: string,
  tag: string | undefined,
): string | undefined {
  const bits = tag === undefined ? bitsOf(quantisationOf(model)) : bitsOf(tag);
  const exact = tag === undefined ? undefined : `-${tag.toUpperCase()}.`;
  const candidates = paths
    .filter((path) => path.endsWith('.gguf') && path.includes(word) && isAbove(path, model))
    .map((path) => ({
      path,
      depth: path.split('/').length,
      exact: exact !== undefined && path.toUpperCase().includes(exact),
      distance: Math.abs(bitsOf(quantisationOf(path)) - bits),
    }));
  candidates.sort(
    (a, b) => b.depth - a.depth || Number(b.exact) - Number(a.exact) || a.distance - b.distance,
  );
  return candidates[0]?.path;
}

/** Whether a file lies in the directory of another one, or in one above it. */
function isAbove(path: string, other: string): boolean {
  return other.startsWith(path.slice(0, path.lastIndexOf('/') + 1));
}

/** `Q4_K_M` of `x-Q4_K_M-00001-of-00002.gguf`; empty where there is none. */
export function quantisationOf(path: string): string {
  const stem = path.replace(/\.gguf$/, '').replace(/-\d{5}-of-\d{5}$/, '');
  return /[-.](\w+)$/.exec(stem)?.[1]?.toUpperCase() ?? '';
}

function bitsOf(quantisation: string): number {
  return Number(/\d{1,6}/.exec(quantisation)?.[0] ?? 0);
}
