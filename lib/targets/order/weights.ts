import type { ServerKind } from '../../server-kind.ts';
import { compareNames } from '../path-names.ts';

/** Which weights a server reads, in the order of its shards, and why not the others. */
export interface Weights {
  readonly read: readonly string[];
  /** What the rule was: `*.safetensors that the index names`. */
  readonly rule: string;
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** Names that the index asks for and nobody has. */
  readonly missing: readonly string[];
}

/** Files that a training run leaves behind. */
const TRAINING = /^(training_args\.bin|(optimizer|scheduler|scaler)\.(bin|pt))$/;
/** What TGI passes over by its name. */
const TRAINING_WORDS = /arguments|args|adapter|training/;
const CONSOLIDATED = /^consolidated.*\.safetensors$/;

/**
 * The name of the index that says which safetensors belong to the model; undefined where there is none. Pure.
 *
 * @param names of all files of the directory
 */
export function indexName(names: readonly string[], server: ServerKind): string | undefined {
  const index = prefersConsolidated(names, server)
    ? 'consolidated.safetensors.index.json'
    : 'model.safetensors.index.json';
  return names.includes(index) ? index : undefined;
}

function prefersConsolidated(names: readonly string[], server: ServerKind): boolean {
  return server === 'vllm' && names.some((name) => CONSOLIDATED.test(name));
}

/**
 * What is read of a checkpoint directory's weights. Pure.
 *
 * vLLM takes Mistral's own `consolidated*.safetensors` first; SGLang and TGI only `*.safetensors`, and TensorRT-LLM
 * drops the consolidated ones where there are others.
 *
 * @param indexed file names of the index of {@link indexName}; undefined without one
 */
export function chooseWeights(
  names: readonly string[],
  server: ServerKind,
  indexed: ReadonlySet<string> | undefined,
): Weights {
  const { pattern, label } = choosePattern(names, server);
  const matching = names.filter((name) => pattern.test(name)).sort(compareNames);
  const isTraining = (name: string): boolean =>
    TRAINING.test(name) || (server === 'tgi' && TRAINING_WORDS.test(name));
  const usable = matching.filter((name) => !isTraining(name));
  const isSafe = label.endsWith('.safetensors');
  const named = isSafe && indexed ? usable.filter((name) => indexed.has(name)) : usable;
  // An index of which nothing is there is some other model's: the server would find nothing to load.
  const read = named.length > 0 ? named : usable;
  const chosen = new Set(read);
  const leftOut = matching
    .filter((name) => !chosen.has(name))
    .map((name) => ({
      name,
      why: isTraining(name)
        ? 'of a training run: the server passes it over'
        : "the index doesn't name it, and the server drops what it doesn't",
    }));
  const there = new Set(names);
  const missing = isSafe && indexed ? [...indexed].filter((name) => !there.has(name)).sort(compareNames) : [];
  const rule = isSafe && indexed && named.length > 0 ? `${label} that the index names` : label;
  return { read, rule, leftOut, missing };
}

function choosePattern(
  names: readonly string[],
  server: ServerKind,
): { readonly pattern: RegExp; readonly label: string } {
  if (prefersConsolidated(names, server)) {
    return { pattern: CONSOLIDATED, label: 'consolidated*.safetensors' };
  }
  if (
    server === 'tensorrt-llm' &&
    names.some((name) => name.endsWith('.safetensors') && !name.includes('consolidated'))
  ) {
    return { pattern: /^(?!.*consolidated).*\.safetensors$/s, label: '*.safetensors' };
  }
  const kinds = ['safetensors', 'bin', server === 'tensorrt-llm' ? 'pth' : 'pt'];
  const kind =
    kinds.find((one) => names.some((name) => name.endsWith(`.${one}`) && !TRAINING.test(name))) ??
    'safetensors';
  return { pattern: new RegExp(`\\.${kind}$`), label: `*.${kind}` };
}
