import { type Dialect, from, READY, seconds, type Tells, to } from '../dialect.ts';

const TOOK = /^[^\d]{0,120}(?:took|takes|time:|in|seconds:) {0,3}([\d.]+) ?s/;
const HIT: Tells = { tells: 'compile-cache', state: 'hit' };
const MISS: Tells = { tells: 'compile-cache', state: 'miss' };
// vLLM 0.4 to 0.7 write GB and count in 2^30, as later ones that write GiB.
const BYTES = /^[^\d-]{0,80}(-?[\d.]+) ?([KMGT]i?B)/;

/** vLLM from 0.4 (V0) to 2026 (V1, one process for each engine core and each rank). */
export const VLLM: Dialect = {
  server: 'vllm',
  proofs: [
    'vLLM API server version',
    ' LLM engine (v',
    'Initializing an LLM engine',
    'Loading weights took ',
    'Model loading took ',
    'Loading model weights took ',
    'init engine (profile',
    "for vLLM's torch.compile",
    'Starting vLLM ',
  ],
  rules: [
    { needle: 'Automatically detected platform', tells: [{ tells: 'import' }] },
    // Each of several API servers says its version, long after the first has.
    {
      needle: 'vLLM API server version',
      unless: '(ApiServer_',
      tells: [
        { tells: 'begin', again: 'always' },
        { tells: 'version', pattern: /version v?([\w.+-]{1,80})/ },
      ],
    },
    { needle: ' LLM engine (v', tells: [{ tells: 'version', pattern: /\(v([\w.+-]{1,80})\)/ }] },
    { needle: 'distributed_init_method=', unless: 'LLM engine', tells: [from('distributed')] },
    { needle: 'is assigned as DP rank', tells: [to('distributed')] },
    {
      needle: 'Time spent downloading weights',
      tells: [seconds('download', /: ([\d.]+) seconds/)],
    },
    { needle: 'Prefetching checkpoint files into page cache started', tells: [from('prefetch')] },
    {
      needle: 'Prefetching checkpoint files into page cache finished',
      tells: [to('prefetch'), seconds('prefetch', /finished in ([\d.]+) ?s/)],
    },
    { needle: 'Starting to load model', tells: [from('model')] },
    {
      needle: 'shards: 100%',
      tells: [seconds('weights', /^shards: 100%[^[\]]{0,120}\[((?:\d+:)?\d+:\d\d)</, 'bar')],
    },
    { needle: 'Loading weights took ', tells: [seconds('weights', TOOK)] },
    // Until 0.8 this line says a size only.
    {
      needle: 'Loading model weights took ',
      tells: [to('model'), { tells: 'bytes', of: 'model', several: 'largest', pattern: BYTES }],
    },
    {
      needle: 'Model loading took ',
      tells: [
        { tells: 'bytes', of: 'model', several: 'largest', pattern: BYTES },
        seconds('model', /and ([\d.]+) ?s/),
      ],
    },
    { needle: 'Dynamo bytecode transform time:', tells: [seconds('compile', TOOK, 'parts')] },
    {
      needle: 'Compiling a graph for ',
      tells: [MISS, seconds('compile', /takes ([\d.]+) s/, 'parts')],
    },
    {
      needle: 'Directly load the compiled graph',
      tells: [HIT, seconds('compile', /took ([\d.]+) s/, 'parts')],
    },
    { needle: 'Directly load AOT compilation', tells: [HIT] },
    { needle: 'Cache the graph ', tells: [MISS] },
    { needle: 'torch.compile takes ', tells: [seconds('compile', TOOK)] },
    { needle: 'torch.compile took ', tells: [seconds('compile', TOOK)] },
    { needle: 'graph compilation takes ', tells: [seconds('compile', TOOK)] },
    // V0 compiles in its first run to measure with; V1 says what that run took without the compiling.
    {
      needle: 'Memory profiling t',
      tells: [seconds('profile', TOOK), { tells: 'contains', outer: 'profile', inner: 'compile' }],
    },
    { needle: 'Initial profiling/warmup run took ', tells: [seconds('profile', TOOK)] },
    {
      needle: 'Available KV cache memory:',
      tells: [{ tells: 'bytes', of: 'kv-cache', several: 'largest', pattern: BYTES }],
    },
    {
      needle: 'reserved for KV Cache is ',
      tells: [{ tells: 'bytes', of: 'kv-cache', several: 'largest', pattern: BYTES }],
    },
    {
      needle: 'reserved ',
      tells: [
        {
          tells: 'bytes',
          of: 'kv-cache',
          several: 'largest',
          pattern: /^reserved ([\d.]+) ?([KMGT]i?B) memory for KV Cache/,
        },
      ],
    },
    { needle: 'Graph capturing finished in ', tells: [seconds('graphs', TOOK)] },
    {
      needle: 'init engine (profile',
      tells: [seconds('engine', /took ([\d.]+) ?s/), seconds('compile', /\(compilation: ([\d.]+) s\)/)],
    },
    { needle: 'Starting vLLM ', tells: [READY] },
    { needle: 'Application startup complete', tells: [READY] },
  ],
  within: {
    // A thread of its own reads ahead of the loader while that loads.
    prefetch: ['weights', 'model'],
    download: ['model'],
    weights: ['model'],
    compile: ['engine'],
    profile: ['engine'],
    'kv-cache': ['engine'],
    graphs: ['engine'],
  },
};
