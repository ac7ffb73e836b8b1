import { type Dialect, from, READY, seconds, to } from '../dialect.ts';

/** TensorRT-LLM, both backends, as trtllm-serve and under Triton. It writes GB and counts in 2^30. */
export const TENSORRT_LLM: Dialect = {
  server: 'tensorrt-llm',
  proofs: ['TensorRT-LLM version', 'TensorRT LLM version', '[TRT-LLM]', '[TensorRT-LLM][INFO]'],
  rules: [
    { needle: '[TRT-LLM]', tells: [{ tells: 'stamp' }] },
    // Every rank says its version when it has imported the library: no new start unless there was one.
    {
      needle: 'LLM version: ',
      tells: [
        { tells: 'begin', again: 'after-ready' },
        { tells: 'version', pattern: /version: ([\w.+-]{1,80})/ },
      ],
    },
    { needle: 'GB checkpoint files', tells: [from('prefetch')] },
    { needle: 'Finished prefetching ', tells: [{ tells: 'to', phase: 'prefetch', again: true }] },
    {
      needle: 'Loading weights: 100%',
      tells: [seconds('weights', /\[((?:\d+:)?\d+:\d\d)</, 'bar')],
    },
    {
      needle: 'Loading weights concurrently: 100%',
      tells: [seconds('weights', /\[((?:\d+:)?\d+:\d\d)</, 'bar')],
    },
    { needle: 'Model init total', tells: [seconds('model', /-- ([\d.]+) ?s/)] },
    {
      needle: '[I] Use ',
      tells: [
        {
          tells: 'bytes',
          of: 'model',
          several: 'largest',
          pattern: /Use ([\d.]+) ?([KMGT]i?B) for model weights/,
        },
      ],
    },
    {
      needle: 'Loaded engine size:',
      tells: [{ tells: 'bytes', of: 'model', several: 'largest', pattern: /size: ([\d.]+) ?([KMGT]i?B)/ }],
    },
    // The cache is made twice: a small one to measure with, then the real one.
    {
      needle: '[MemUsageChange] Allocated ',
      tells: [
        {
          tells: 'bytes',
          of: 'kv-cache',
          several: 'latest',
          pattern: /Allocated ([\d.]+) ?([KMGT]i?B) for max tokens in paged KV cache/,
        },
      ],
    },
    {
      needle: 'Allocate ',
      tells: [
        {
          tells: 'bytes',
          of: 'kv-cache',
          several: 'latest',
          pattern: /^Allocate (\d+) (bytes) for k\/v cache/,
        },
      ],
    },
    {
      needle: 'tokens in paged KV cache:',
      tells: [{ tells: 'bytes', of: 'kv-cache', several: 'latest', pattern: /Allocating (\d+) (bytes)/ }],
    },
    { needle: 'Autotuning process starts', tells: [from('profile')] },
    { needle: 'Autotuning process ends', tells: [to('profile')] },
    { needle: 'Creating CUDA graph instances', tells: [from('graphs')] },
    { needle: 'CUDA graph warmup for batch size', tells: [{ tells: 'to', phase: 'graphs', again: true }] },
    { needle: 'Application startup complete', tells: [READY] },
    { needle: 'Started HTTPService', tells: [READY] },
  ],
  within: { prefetch: ['model'], weights: ['model'] },
};
