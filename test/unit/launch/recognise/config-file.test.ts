import { expect, test } from 'vitest';
import { parseServerConfig } from '../../../../lib/launch/recognise/config-file.ts';
import { modelsOf, recognised } from './lines.ts';

const reading = (text: string) => ({ configFile: () => parseServerConfig(text) });

test('without a reader the file is only named', () => {
  const server = recognised('vllm serve --config /etc/v.yaml');
  expect(server).toMatchObject({ configFile: '/etc/v.yaml', models: [] });
});

test('its keys count like options, and the command line wins', () => {
  const text = 'model: a/b\nport: 9000\ntensor_parallel_size: 2\nload-format: dummy\nrevision: r\n';
  const server = recognised('vllm serve --config v.yaml --port 9001', {}, reading(text));
  expect(server.models).toMatchObject([{ target: 'hf:a/b@r', from: 'model in v.yaml' }]);
  expect(server).toMatchObject({ address: { port: 9001 }, tensorParallel: 2 });
  expect(server.cacheUse.state).toBe('bypassed');
  expect(modelsOf('vllm serve c/d --config v.yaml', {}, reading(text))).toEqual(['model hf:c/d@r']);
});

test('lists, mappings and switches', () => {
  const text =
    'lora-modules: [x=/x, "y=/y"]\nspeculative-config: {model: c/d}\nheadless: true\nunknown: {a: [1]}\n';
  const server = recognised('vllm serve a/b --config v.yaml', {}, reading(text));
  expect(server.models.map(({ target }) => target)).toEqual(['hf:a/b', 'hf:c/d', '/x', '/y']);
  expect(server.address).toBeNull();
  expect(recognised('vllm serve a --config v.yaml', {}, reading('headless: false')).address).not.toBeNull();
});

test("SGLang's is read the same way; TensorRT-LLM's wins over the command line", () => {
  expect(modelsOf('python -m sglang.launch_server --config s.yaml', {}, reading('model-path: /m'))).toEqual([
    'model /m',
  ]);
  const server = recognised(
    'trtllm-serve a/b --tp_size 2 --config t.yaml',
    {},
    reading('tensor_parallel_size: 4'),
  );
  expect(server.tensorParallel).toBe(4);
});

test.each(['', '[1, 2]', 'a: [', '"text"', 'a: &a [*a]', `${'x'.repeat(2 ** 20)}: 1`])(
  'a file that holds no options changes nothing',
  (text) => {
    expect(modelsOf('vllm serve a/b --config v.yaml', {}, reading(text))).toEqual(['model hf:a/b']);
  },
);
