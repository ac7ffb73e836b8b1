import { expect, test } from 'vitest';
import { recognised } from './lines.ts';

const state = (line: string, env = {}) => recognised(line, env).cacheUse.state;

test.each([
  ['vllm serve a', 'used'],
  ['vllm serve a --load-format auto', 'used'],
  ['vllm serve a --load-format runai_streamer', 'used'],
  ['vllm serve a --load-format sharded_state', 'used'],
  ['vllm serve a --load-format dummy', 'bypassed'],
  ['vllm serve a --load_format=InstantTensor', 'bypassed'],
  ['vllm serve a --load-format serverless_llm', 'bypassed'],
  ['vllm serve a --load-format fastsafetensors', 'doubtful'],
  ['vllm serve a --load-format tensorizer', 'doubtful'],
  ['vllm serve a --load-format of_our_own', 'doubtful'],
  ['vllm serve a --safetensors-load-strategy prefetch', 'prefetches'],
  ['vllm serve a --safetensors-load-strategy eager', 'used'],
  ['vllm serve a --load-format dummy --load-format auto', 'used'],
  ['vllm serve a --load-format dummy --safetensors-load-strategy prefetch', 'bypassed'],
  ['sglang serve a --load-format remote_instance', 'bypassed'],
  ['sglang serve a --load-format fastsafetensors --model-loader-extra-config {"enable_gds":false}', 'used'],
  ['sglang serve a --weight-loader-prefetch-checkpoints', 'prefetches'],
  ['sglang serve a --weight-loader-drop-cache-after-load', 'drops'],
  ['sglang serve gs://b/a', 'bypassed'],
  ['trtllm-serve a', 'prefetches'],
  ['trtllm-serve a --backend _autodeploy', 'prefetches'],
  ['trtllm-serve /e --backend tensorrt', 'used'],
  ['llama-server -m a', 'used'],
  ['llama-server -m a --no-mmap', 'used'],
  ['llama-server -m a --load-mode dio', 'bypassed'],
  ['llama-server -m a -lm mmap+mlock', 'used'],
  ['llama-server -m a --direct-io', 'bypassed'],
  ['llama-server -m a -dio --mmap', 'used'],
  ['llama-server -m a --load-mode dio --load-mode mmap', 'used'],
  ['ollama serve', 'used'],
  ['text-generation-launcher --model-id a', 'used'],
] as const)('%s: %s', (line, expected) => {
  expect(state(line)).toBe(expected);
});

test('variables that make a loader direct', () => {
  const streamer = 'vllm serve a --load-format runai_streamer';
  expect(state(streamer, { RUNAI_STREAMER_DIRECTIO: '1' })).toBe('bypassed');
  expect(state(streamer, { RUNAI_STREAMER_FS_STRATEGY: 'io_uring,sync_buffered' })).toBe('doubtful');
  expect(state(streamer, { RUNAI_STREAMER_FS_STRATEGY: 'sync_buffered' })).toBe('used');
  expect(state('vllm serve a', { RUNAI_STREAMER_DIRECTIO: '1' })).toBe('used');
  expect(state('llama-server -m a', { LLAMA_ARG_LOAD_MODE: 'dio' })).toBe('bypassed');
  expect(state('llama-server -m a', { LLAMA_ARG_DIO: 'true' })).toBe('bypassed');
  expect(state('llama-server -m a --mmap', { LLAMA_ARG_LOAD_MODE: 'dio' })).toBe('used');
  expect(state('env LLAMA_ARG_LOAD_MODE=dio llama-server -m a')).toBe('bypassed');
});

test('two things at once are both told, the more telling one first', () => {
  const server = recognised(
    'sglang serve a --weight-loader-drop-cache-after-load --weight-loader-prefetch-checkpoints',
  );
  expect(server.cacheUse.state).toBe('prefetches');
  expect(server.cacheUses?.map((use) => use.state)).toEqual(['prefetches', 'drops']);
});

test('a past-the-cache loader has nothing to prefetch', () => {
  const server = recognised('sglang serve a --load-format dummy --weight-loader-prefetch-checkpoints');
  expect(server.cacheUse.state).toBe('bypassed');
  expect(server.cacheUses).toBeUndefined();
});
