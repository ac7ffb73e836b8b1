import { expect, test } from 'vitest';
import { checkLoaders } from '../../../../lib/doctor/checks/loaders.ts';
import { readings, running } from '../healthy.ts';

const check = (...commandLines: string[]) => checkLoaders(readings({ processes: running(...commandLines) }));

test.each([
  ['vllm serve x --load-format instanttensor', 'direct-loader', 'warning'],
  ['llama-server -m x.gguf --load-mode dio', 'direct-loader', 'warning'],
  ['llama-server -m x.gguf --load-mode=dio', 'direct-loader', 'warning'],
  ['vllm serve x --load-format dummy', 'direct-loader', 'warning'],
  ['llama-server -m x.gguf -dio', 'direct-loader', 'warning'],
  ['timeout 9 vllm serve x --load-format serverless_llm', 'direct-loader', 'warning'],
  ['vllm serve x --load_format=fastsafetensors', 'maybe-direct-loader', 'note'],
  ['python -m sglang.launch_server --weight-loader-drop-cache-after-load', 'cache-dropper', 'warning'],
] as const)('%s: %s', (line, id, level) => {
  const findings = check('bash', line);
  expect(findings).toMatchObject([{ id, level }]);
  expect(findings[0]?.evidence).toContain('(101) in /proc');
});

test('what says so is told, without the arguments, which may hold secrets', () => {
  const [finding] = check('vllm serve x --api-key s3cret --load-format instanttensor');
  expect(finding?.evidence).toContain('--load-format instanttensor reads by O_DIRECT');
  expect(JSON.stringify(finding)).not.toContain('s3cret');
});

test('two servers of a kind make one finding with both reasons', () => {
  const findings = check('vllm serve x --load-format dummy', 'llama-server -m x --load-mode dio');
  expect(findings).toHaveLength(1);
  expect(findings[0]?.evidence).toMatch(/\(100\).*\(101\).*dummy.*; .*dio/);
});

test('other loaders pass in silence, and so does a host that shows no processes', () => {
  expect(check('vllm serve x --load-format safetensors', 'llama-server --load-mode mmap', 'dio')).toEqual([]);
  expect(checkLoaders(readings({ processes: null }))).toEqual([]);
});
