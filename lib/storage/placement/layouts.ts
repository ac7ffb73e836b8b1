import type { LayoutName, PlacementRule } from './types.ts';

const LOCKS =
  'a lock in a shared base excludes nobody on another node, and on this one only through the overlay';
const COMPILED =
  'artefacts are rewritten in place: a shared writable tree of them breaks, a copy of it saves the work';
const WEIGHTS = 'written once, read often';
const INDEXES = 'indexes and caches that lock and rewrite their files all the time';

const seeded = (...paths: string[]): PlacementRule[] =>
  paths.map((path) => ({ path, placement: 'seeded', why: COMPILED }));
const local = (why: string, ...paths: string[]): PlacementRule[] =>
  paths.map((path) => ({ path, placement: 'local', why }));
const shared = (why: string, ...paths: string[]): PlacementRule[] =>
  paths.map((path) => ({ path, placement: 'shared', why }));

const HUB: readonly PlacementRule[] = [
  ...shared(WEIGHTS, 'hub', 'huggingface/hub'),
  { ...{ path: '.locks', placement: 'local', why: LOCKS }, beside: 'models--' },
  ...local(LOCKS, 'hub/.locks', 'huggingface/hub/.locks'),
  ...local(INDEXES, 'xet', 'huggingface/xet', 'datasets', 'huggingface/datasets'),
];
const TORCH: readonly PlacementRule[] = seeded(
  ...['triton', '.triton', 'torchinductor', 'inductor', 'torch_extensions', 'flashinfer', 'nv', '.nv'],
);

/**
 * Where the directories of known servers belong. Paths are those of their caches' roots and of a `./cache` that holds
 * several such roots.
 */
export const LAYOUTS: Readonly<Record<LayoutName, readonly PlacementRule[]>> = {
  'hf-hub': HUB,
  vllm: [
    ...HUB,
    ...TORCH,
    ...seeded('torch_compile_cache', 'torch_aot_compile', 'flashinfer_autotune_cache'),
    ...seeded('vllm/torch_compile_cache', 'vllm/torch_aot_compile', 'vllm/flashinfer_autotune_cache'),
  ],
  sglang: [...HUB, ...TORCH, ...seeded('sglang', 'deep_gemm', 'tilelang')],
  'tensorrt-llm': [
    ...HUB,
    ...TORCH,
    ...shared(WEIGHTS, 'engines'),
    ...seeded('tensorrt_llm', 'tensorrt_llm_cache'),
  ],
  ollama: [
    ...shared(WEIGHTS, 'models', 'blobs', 'manifests'),
    ...local('this server alone writes them', 'logs'),
  ],
};

export const LAYOUT_NAMES: readonly LayoutName[] = ['vllm', 'sglang', 'tensorrt-llm', 'ollama', 'hf-hub'];
