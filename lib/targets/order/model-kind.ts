import { isGguf } from './gguf.ts';

/** What a directory's files make of it. */
export type ModelKind = 'checkpoint' | 'gguf' | 'tensorrt-llm-engine';

const RANK = /^rank(\d+)\.engine$/;

/** The rank of a TensorRT-LLM engine by its file's name. */
export function engineRank(name: string): number | undefined {
  const rank = RANK.exec(name)?.[1];
  return rank === undefined ? undefined : Number(rank);
}

/**
 * What kind of model lies in a directory; undefined where it is none. Pure.
 *
 * @param names of its files
 */
export function modelKind(names: readonly string[]): ModelKind | undefined {
  const has = (name: string): boolean => names.includes(name);
  if (has('config.json') && names.some((name) => engineRank(name) !== undefined)) {
    return 'tensorrt-llm-engine';
  }
  const safetensors = names.some((name) => name.endsWith('.safetensors'));
  if (!safetensors && names.some(isGguf)) return 'gguf';
  if (safetensors || has('config.json') || has('params.json') || has('model_index.json')) return 'checkpoint';
  return undefined;
}

/** A pipeline (diffusers) or modules (sentence-transformers) lie in directories of their own. Pure. */
export function readsSubdirectories(names: readonly string[]): boolean {
  return names.includes('model_index.json') || names.includes('modules.json');
}
