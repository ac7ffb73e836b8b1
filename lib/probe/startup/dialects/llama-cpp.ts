import { type Dialect, from, READY, type Rule, seconds, to } from '../dialect.ts';

/** What the library says while it loads, under whichever server. */
export const LLAMA_LOADER: readonly Rule[] = [
  { needle: 'load_tensors: loading model tensors', tells: [from('weights')] },
  // Until the end of 2024.
  { needle: 'llm_load_tensors: ggml ctx size', tells: [from('weights')] },
  { needle: 'llama_context: constructing llama_context', tells: [to('weights'), from('kv-cache')] },
  { needle: 'llama_new_context_with_model: n_ctx ', tells: [to('weights'), from('kv-cache')] },
  { needle: 'llama_new_context_with_model: graph nodes', tells: [to('kv-cache')] },
  { needle: 'llama_context: graph nodes', tells: [to('kv-cache')] },
  {
    needle: ' model buffer size',
    tells: [{ tells: 'bytes', of: 'model', several: 'sum', pattern: /size = {0,12}([\d.]+) ([KMGT]iB)/ }],
  },
  {
    needle: ': file size ',
    tells: [
      {
        tells: 'bytes',
        of: 'model',
        several: 'sum',
        fallback: true,
        pattern: /size {1,12}= {0,12}([\d.]+) ([KMGT]iB)/,
      },
    ],
  },
  {
    needle: 'llm_load_print_meta: model size ',
    tells: [
      {
        tells: 'bytes',
        of: 'model',
        several: 'sum',
        fallback: true,
        pattern: /size {1,12}= {0,12}([\d.]+) ([KMGT]iB)/,
      },
    ],
  },
  {
    needle: ' KV buffer size',
    tells: [{ tells: 'bytes', of: 'kv-cache', several: 'sum', pattern: /size = {0,12}([\d.]+) ([KMGT]iB)/ }],
  },
  { needle: 'warming up the model with an empty run', tells: [from('profile')] },
];

/** llama-server of llama.cpp, 2024 to 2026. Since 2026 the loader is silent unless asked to be verbose. */
export const LLAMA_CPP: Dialect = {
  server: 'llama.cpp',
  proofs: [
    'llama_model_loader: loaded meta data',
    'load_tensors: ',
    'main: loading model',
    'llama_server: loading model',
    'load_model: loading model',
    'common_init_from_params: ',
    'main: model loaded',
    'llama_server: model loaded',
    'main: HTTP server is listening',
  ],
  rules: [
    ...LLAMA_LOADER,
    {
      needle: 'build: ',
      tells: [
        { tells: 'begin', again: 'after-ready' },
        { tells: 'version', pattern: /^build: (\d+ \(\w{1,40}\))/ },
      ],
    },
    {
      needle: 'build_info: ',
      tells: [
        { tells: 'begin', again: 'after-ready' },
        { tells: 'version', pattern: /^build_info: {0,4}([\w.+-]{1,80})/ },
      ],
    },
    { needle: ': loading model', tells: [from('model')] },
    { needle: 'load_model: initializing', tells: [to('profile')] },
    { needle: 'main: model loaded', tells: [to('profile'), to('model'), READY] },
    { needle: 'llama_server: model loaded', tells: [to('profile'), to('model'), READY] },
    // "main: HTTP server is listening" comes before the model is loaded, and isn't this.
    { needle: 'main: server is listening on', tells: [READY] },
    { needle: 'all slots are idle', tells: [READY] },
    { needle: 'load time = ', tells: [seconds('model', /= {0,12}([\d.]+) (ms)/)] },
  ],
  within: { weights: ['model'], 'kv-cache': ['model'], profile: ['model'] },
};
