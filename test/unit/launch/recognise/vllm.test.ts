import { expect, test } from 'vitest';
import { modelsOf, recognised } from './lines.ts';

test.each([
  'vllm serve a/b',
  '/opt/venv/bin/vllm serve a/b',
  'python3.12 /opt/venv/bin/vllm serve a/b',
  'python -um vllm.entrypoints.openai.api_server --model a/b',
  'python -m vllm.entrypoints.openai.api_server --model=a/b',
  'python3 -X dev -m vllm.entrypoints.cli.main serve a/b',
  'python /site-packages/vllm/entrypoints/openai/api_server.py --model a/b',
  'vllm serve --model a/b',
  'vllm serve --port 8000 --enforce-eager a/b',
  'vllm serve --trust-remote-code -tp 4 --enable-chunked-prefill True a/b',
  'vllm serve --gpu_memory_utilization 0.9 --no-enable-prefix-caching a/b',
  'vllm serve -O3 a/b',
  'vllm serve --port 1 -- a/b',
  'vllm serve --eplb-config {"window_size":100} --api-server-count 2 -asc 2 a/b',
  'vllm serve --headless true --data-parallel-hybrid-lb -ep a/b',
  'vllm serve --allowed-local-media-path /media --disable-access-log-for-endpoints /health a/b',
  'vllm serve --enable-new-thing 4 a/b',
  'uvx vllm@0.29.0 serve a/b',
])('%s serves a/b', (line) => {
  const server = recognised(line);
  expect(server).toMatchObject({ server: 'vllm', healthPaths: ['/health', '/v1/models'] });
  expect(server.models).toMatchObject([{ target: 'hf:a/b', kind: 'model', localPath: 'a/b' }]);
});

test.each([
  ['vllm serve /models/a', 'model /models/a'],
  ['vllm serve ./a', 'model ./a'],
  ['vllm serve ~/a', 'model ~/a'],
  ['vllm serve models/team/a', 'model models/team/a'],
  ['vllm serve a.gguf', 'model a.gguf'],
  ['vllm serve gpt2', 'model hf:gpt2'],
  ['vllm serve a/b --revision v1', 'model hf:a/b@v1'],
  ['vllm serve a/b --revision v1 --revision=v2', 'model hf:a/b@v2'],
])('%s: %s', (line, model) => {
  expect(modelsOf(line)).toEqual([model]);
});

test('drafts, adapters and tokenizers are named with what named them', () => {
  const line =
    'vllm serve a/b --tokenizer c/d --tokenizer-revision r --lora-modules x=/loras/x y=e/f {"name":"z","path":"g/h"} ' +
    '--speculative-config {"model":"i/j","revision":"s","num_speculative_tokens":3}';
  expect(recognised(line).models).toMatchObject([
    { kind: 'model', target: 'hf:a/b', from: 'the first argument behind serve' },
    { kind: 'tokenizer', target: 'hf:c/d@r', from: '--tokenizer' },
    { kind: 'draft', target: 'hf:i/j@s', from: '--speculative-config' },
    { kind: 'adapter', target: '/loras/x', from: '--lora-modules' },
    { kind: 'adapter', target: 'hf:e/f' },
    { kind: 'adapter', target: 'hf:g/h' },
  ]);
});

test.each([
  ['vllm serve a/b --speculative-model [ngram]'],
  ['vllm serve a/b --speculative-config {"method":"ngram"}'],
  ['vllm serve a/b --speculative-config {broken'],
  ['vllm serve a/b --tokenizer a/b'],
  ['vllm serve a/b --served-model-name c/d e/f'],
])('%s names one model', (line) => {
  expect(modelsOf(line)).toEqual(['model hf:a/b']);
});

test('the parts of a JSON option may stand alone', () => {
  expect(modelsOf('vllm serve a/b --speculative-config.model c/d')).toContain('draft hf:c/d');
});

test.each([
  ['vllm serve a', '127.0.0.1', 8000],
  ['vllm serve a --host 0.0.0.0 --port 9000', '127.0.0.1', 9000],
  ['vllm serve a --host :: --port=9000', '::1', 9000],
  ['vllm serve a --host 10.1.2.3', '10.1.2.3', 8000],
])('%s answers on %s:%d', (line, host, port) => {
  expect(recognised(line).address).toEqual({ host, port });
});

test('a switch may be written with a value', () => {
  expect(recognised('vllm serve a --headless False').address).not.toBeNull();
  expect(recognised('vllm serve a --headless=true').address).toBeNull();
});

test.each(['--uds /run/v.sock', '--headless', '--port 0', '--port x', '--port 70000'])(
  '%s has no address',
  (options) => {
    expect(recognised(`vllm serve a ${options}`).address).toBeNull();
  },
);

test('an address with a certificate is one of HTTPS', () => {
  expect(recognised('vllm serve a --ssl-certfile c.pem').address).toEqual({
    host: '127.0.0.1',
    port: 8000,
    tls: true,
  });
});

test('a folder for downloads is where the model is', () => {
  const { environment } = recognised('vllm serve a/b --download-dir /cache', { HF_HOME: '/h', PATH: '/bin' });
  expect(environment).toEqual({ HF_HOME: '/h', HF_HUB_CACHE: '/cache' });
});

test('how many share the weights', () => {
  expect(recognised('vllm serve a -tp 4').tensorParallel).toBe(4);
  expect(recognised('vllm serve a --tensor_parallel_size=8').tensorParallel).toBe(8);
  expect(recognised('vllm serve a -tp x').tensorParallel).toBeNull();
});

test('a directory of that name wins over the hub', () => {
  const isDirectory = (path: string) => path === 'a/b';
  expect(modelsOf('vllm serve a/b --tokenizer c/d', {}, { isDirectory })).toEqual([
    'model a/b',
    'tokenizer hf:c/d',
  ]);
});

test('models of another hub and behind addresses lie in no cache that is known', () => {
  expect(modelsOf('vllm serve a/b', { VLLM_USE_MODELSCOPE: 'True' })).toEqual([]);
  expect(modelsOf('vllm serve /m', { VLLM_USE_MODELSCOPE: 'True' })).toEqual(['model /m']);
  const remote = recognised('vllm serve s3://bucket/a');
  expect(remote.models).toEqual([]);
  expect(remote.cacheUse.state).toBe('bypassed');
});

test.each(['vllm bench serve --model a', 'vllm', 'vllm chat', 'vllm-bench serve a', 'vim vllm serve'])(
  '%s is no server',
  (line) => {
    expect(() => recognised(line)).toThrow('not recognised');
  },
);
