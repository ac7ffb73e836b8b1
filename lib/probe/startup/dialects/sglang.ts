import { type Dialect, from, READY, seconds, to } from '../dialect.ts';

const ELAPSED = /end\. {0,2}(?:Time )?elapsed[:=] {0,2}([\d.]+) ?s/;

/** SGLang from 0.2 to 2026. It writes GB and counts in 2^30. */
export const SGLANG: Dialect = {
  server: 'sglang',
  proofs: [
    'server_args=ServerArgs(',
    'Init torch distributed begin',
    'Load weight begin',
    'Load weight end',
    'Engine startup timings (s)',
    'The server is fired up and ready to roll',
  ],
  rules: [
    { needle: 'server_args=ServerArgs(', tells: [{ tells: 'begin', again: 'always' }] },
    { needle: 'Init torch distributed begin', tells: [from('distributed')] },
    {
      needle: 'Init torch distributed ends',
      tells: [to('distributed'), seconds('distributed', /elapsed=([\d.]+) ?s/)],
    },
    { needle: 'Load weight begin', tells: [from('weights')] },
    {
      needle: 'Load weight end',
      tells: [
        to('weights'),
        seconds('weights', ELAPSED),
        {
          tells: 'bytes',
          of: 'model',
          several: 'largest',
          pattern: / mem usage=([\d.]+) ?([KMGT]i?B)/,
        },
      ],
    },
    {
      needle: 'KV Cache is allocated',
      tells: [
        {
          tells: 'bytes',
          of: 'kv-cache',
          several: 'largest',
          pattern: /\b(?:K|V|KV) size: {0,2}([\d.]+) ?([KMGT]i?B)/g,
        },
      ],
    },
    {
      needle: 'Capture ',
      tells: [
        seconds(
          'graphs',
          /^Capture [^.[]{0,60}raph end\. {0,2}(?:Time )?elapsed[:=] {0,2}([\d.]+) ?s/,
          'parts',
        ),
      ],
    },
    { needle: 'Capture cuda graph begin', tells: [from('graphs')] },
    { needle: 'Capture cuda graph end', tells: [to('graphs')] },
    {
      needle: 'Engine startup timings (s)',
      tells: [
        seconds('weights', /\bload_weight=([\d.]+)/, 'whole'),
        seconds('kv-cache', /\bkv_cache_allocation=([\d.]+)/, 'whole'),
        seconds('engine', /\bscheduler_e2e=([\d.]+)/, 'whole'),
        {
          tells: 'sum',
          phase: 'graphs',
          grade: 'whole',
          pattern: /\b(?:prefill|decode|target_verify|draft_prefill|draft_decode|draft_extend)=([\d.]+)/g,
        },
      ],
    },
    { needle: 'The server is fired up and ready to roll', tells: [READY] },
  ],
  within: {
    distributed: ['engine'],
    weights: ['engine'],
    'kv-cache': ['engine'],
    graphs: ['engine'],
  },
};
