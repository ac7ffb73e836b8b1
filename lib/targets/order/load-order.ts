import type { ServerKind } from '../../server-kind.ts';
import { compareNames } from '../path-names.ts';
import type { FileRole } from '../warm-set.ts';
import { classify } from './classify.ts';
import { type GgufModel, ggufModels, isSideFile } from './gguf.ts';
import { engineRank, type ModelKind } from './model-kind.ts';
import { chooseWeights } from './weights.ts';

export interface Placed {
  readonly name: string;
  readonly role: FileRole;
  readonly why: string;
}

export interface LoadOrder {
  /** As the server reads them. */
  readonly placed: readonly Placed[];
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** Files that belong to the model and aren't there. */
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

/** The rules that hold when nobody says which server it will be. */
export const DEFAULT_SERVER: ServerKind = 'vllm';

const NAMES: Readonly<Record<ServerKind, string>> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  'tensorrt-llm': 'TensorRT-LLM',
  'llama.cpp': 'llama.cpp',
  ollama: 'Ollama',
  tgi: 'TGI',
};

export interface LoadOrderOptions {
  readonly kind: ModelKind;
  readonly server: ServerKind | undefined;
  /** What the index of the weights names; undefined where there is none. */
  readonly indexed: ReadonlySet<string> | undefined;
}

/**
 * The order in which a server reads a model's directory: configuration, tokenizer, index, weights, what stands beside
 * them, and last what no rule knows. Pure.
 *
 * @param names of its files, of which every one is in the answer: placed or left out
 */
export function loadOrder(names: readonly string[], { kind, server, indexed }: LoadOrderOptions): LoadOrder {
  const sorted = [...names].sort(compareNames);
  const weights = weightsOf(sorted, kind, server, indexed);
  const known = new Set([...weights.placed, ...weights.leftOut].map(({ name }) => name));
  const rest = sorted.filter((name) => !known.has(name));
  const of = (wanted: ReturnType<typeof classify>, role: FileRole, why: string): Placed[] =>
    rest.filter((name) => classify(name) === wanted).map((name) => ({ name, role, why }));
  const unread = rest
    .filter((name) => classify(name) === 'not-read')
    .map((name) => ({ name, why: 'no server reads it at its start' }));
  // An engine's directory was named: what lies beside the engine comes after it, and nothing is left out.
  const keepsAll = kind === 'tensorrt-llm-engine';
  const last = [
    ...of('other', 'other', 'no rule knows it: last'),
    ...(keepsAll ? unread : []).map(
      ({ name }): Placed => ({ name, role: 'other', why: 'beside the engine' }),
    ),
    ...of('weights', 'other', 'beside the engine'),
  ];
  return {
    placed: [
      ...of('config', 'config', 'configuration, first'),
      ...of('tokenizer', 'tokenizer', 'tokenizer'),
      ...of('index', 'index', 'index of the weights'),
      ...weights.placed,
      ...last,
    ],
    leftOut: [...weights.leftOut, ...(keepsAll ? [] : unread)],
    missing: weights.missing,
    notes: weights.notes,
  };
}

function weightsOf(
  names: readonly string[],
  kind: ModelKind,
  named: ServerKind | undefined,
  indexed: ReadonlySet<string> | undefined,
): LoadOrder {
  const server = named ?? DEFAULT_SERVER;
  if (kind === 'gguf') return ggufOrder(names);
  if (kind === 'tensorrt-llm-engine') return engineOrder(names);
  const { read, rule, leftOut, missing } = chooseWeights(names, server, indexed);
  const who = NAMES[server];
  const chosen = new Set([...read, ...leftOut.map(({ name }) => name)]);
  const others = names
    .filter((name) => classify(name) === 'weights' && !chosen.has(name))
    .map((name) => ({ name, why: `another form of the weights: ${who} reads ${rule}` }));
  const placed = read.map((name, at): Placed => {
    const adapter = /^adapter_/.test(name);
    const why = read.length === 1 ? 'the weights' : `weights ${at + 1} of ${read.length}`;
    return { name, role: adapter ? 'adapter' : 'weights', why };
  });
  return {
    placed,
    leftOut: [...leftOut, ...others],
    missing,
    notes: [describeRule(rule, read.length, server, named)],
  };
}

function describeRule(
  rule: string,
  count: number,
  server: ServerKind,
  named: ServerKind | undefined,
): string {
  const whose = `${NAMES[server]}${named === undefined ? ', as no server is named' : ''}`;
  return count > 0
    ? `weights by the rules of ${whose}: ${rule}`
    : `no weights are here by the rules of ${whose}`;
}

function ggufOrder(names: readonly string[]): LoadOrder {
  const models = ggufModels(names);
  const side = names.filter(isSideFile);
  const placed = [
    ...models.flatMap(ggufPlaced),
    ...side.map((name): Placed => ({ name, role: 'adapter', why: 'beside the model' })),
  ];
  const chosen = new Set(placed.map(({ name }) => name));
  const leftOut = names
    .filter((name) => classify(name) === 'weights' && !chosen.has(name))
    .map((name) => ({ name, why: 'another form of the weights: llama.cpp reads GGUF' }));
  const several = `${models.length} models are here, and a server loads one: name its file to take only that`;
  return {
    placed,
    leftOut,
    missing: models.flatMap(({ missing }) => missing),
    notes: models.length > 1 ? [several] : [],
  };
}

/** A GGUF model's files, as llama.cpp maps them. Pure. */
export function ggufPlaced({ names, missing }: Pick<GgufModel, 'names' | 'missing'>): readonly Placed[] {
  const whole = names.length === 1 && missing.length === 0;
  return names.map((name, at) => ({
    name,
    role: 'weights',
    why: whole
      ? 'the model: mapped as a whole'
      : `part ${at + 1} of ${names.length}${missing.length > 0 ? ' that are here' : ''}`,
  }));
}

/** @param names in natural order: that of the ranks */
function engineOrder(names: readonly string[]): LoadOrder {
  const ranks = names.filter((name) => engineRank(name) !== undefined);
  const placed = ranks.map(
    (name): Placed => ({ name, role: 'engine', why: `the engine of rank ${engineRank(name)}` }),
  );
  return { placed, leftOut: [], missing: [], notes: [] };
}
