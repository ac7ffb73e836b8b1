import { expect, test } from 'vitest';
import { classify } from '../../../../lib/storage/footprint/classify.ts';
import { manifestBlobs, ollamaName } from '../../../../lib/storage/footprint/ollama-manifest.ts';
import { HEX } from './made.ts';

const SHA = HEX('a');

test.each([
  [`/h/hub/models--Qwen--Qwen3-8B/blobs/${SHA}`, 'hugging-face', 'Qwen/Qwen3-8B', SHA],
  [`/h/hub/models--gpt2/blobs/${SHA}`, 'hugging-face', 'gpt2', SHA],
  [`/h/hub/models--Qwen--Q/blobs/${SHA}.incomplete`, 'hugging-face', 'Qwen/Q', null],
  [`/h/hub/models--Qwen--Q/blobs/${'b'.repeat(40)}`, 'hugging-face', 'Qwen/Q', null],
  ['/h/hub/models--Qwen--Q/snapshots/c/model.safetensors', 'hugging-face', 'Qwen/Q', null],
  [`/h/hub/datasets--o--d/blobs/${SHA}`, 'hugging-face', 'datasets/o/d', SHA],
  [`/o/models/blobs/sha256-${SHA}`, 'ollama', null, SHA],
  [`/o/models/blobs/sha256:${SHA}`, 'ollama', null, SHA],
  [`/o/models/blobs/sha256-${SHA}-partial`, 'other', null, null],
  ['/o/manifests/registry.ollama.ai/library/qwen3/8b', 'ollama', 'qwen3:8b', null],
  ['/m/llama-00001-of-00003.gguf', 'gguf', 'llama', null],
  ['/m/llama.Q4_K_M.gguf', 'gguf', 'llama.Q4_K_M', null],
  ['/m/.gguf', 'gguf', null, null],
  ['/m/llama/model-00001.safetensors', 'weights', 'llama', null],
  ['/m/engines/rank0.engine', 'tensorrt', 'engines', null],
  ['/c/vllm/torch_compile_cache/abc/rank_0_0/x.bin', 'compile-cache', null, null],
  ['/tmp/torchinductor_root/x/y.so', 'compile-cache', null, null],
  ['/c/modelscope/hub/models/Qwen/Q3/a.safetensors', 'modelscope', 'Qwen/Q3', null],
  ['/c/modelscope/hub/Qwen/Q3/a.safetensors', 'modelscope', 'Qwen/Q3', null],
  ['/m/readme', 'other', null, null],
  ['', 'other', null, null],
])('%s', (path, backend, model, hex) => {
  const found = classify(path);
  expect([found.backend, found.model, found.hash?.hex ?? null]).toEqual([backend, model, hex]);
});

test.each([
  ['/o/manifests/registry.ollama.ai/library/qwen3/8b', 'qwen3:8b'],
  ['/o/manifests/registry.ollama.ai/me/qwen3/8b', 'me/qwen3:8b'],
  ['/o/manifests/hf.co/bartowski/Llama/Q4', 'hf.co/bartowski/Llama:Q4'],
  ['/o/manifests/registry.ollama.ai/library/qwen3', null],
  ['/o/manifests/a/b/c/d/e', null],
  ['/k8s/manifests/base/a/b/c.yaml', null],
  ['/o/blobs/x', null],
])('%s is called %s', (path, name) => {
  expect(ollamaName(path)).toBe(name);
});

test.each([
  [`{"config":{"digest":"sha256:${SHA}"},"layers":[{"digest":"sha256:${HEX('b')}"}]}`, [SHA, HEX('b')]],
  ['{"layers":{}}', []],
  ['{"layers":[null,1,{"digest":3},{"digest":"sha256:../../etc"}]}', []],
  ['[]', []],
  ['not JSON', []],
])('a manifest %s', (text, blobs) => {
  expect(manifestBlobs(text)).toEqual(blobs);
});
