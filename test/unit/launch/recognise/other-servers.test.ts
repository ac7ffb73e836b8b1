import { describe, expect, test } from 'vitest';
import { modelsOf, recognised } from './lines.ts';

describe('SGLang', () => {
  test.each([
    'python -m sglang.launch_server --model-path a/b',
    'python3 -m sglang.launch_server --model a/b --tp 2 --trust-remote-code',
    'python -m sglang.launch_server --model_path=a/b',
    'sglang serve --model-path a/b',
    'sglang serve a/b --port 1',
  ])('%s serves a/b', (line) => {
    expect(recognised(line)).toMatchObject({ server: 'sglang', healthPaths: ['/health'] });
    expect(modelsOf(line)).toEqual(['model hf:a/b']);
  });

  test('its other models, and where it answers', () => {
    const line =
      'python -m sglang.launch_server --model-path a/b --tokenizer-path /t --speculative-draft-model-path c/d ' +
      '--lora-paths x=/x e/f {"lora_name":"z","lora_path":"/z"} --tp-size 8';
    expect(modelsOf(line)).toEqual([
      'model hf:a/b',
      'tokenizer /t',
      'draft hf:c/d',
      'adapter /x',
      'adapter hf:e/f',
      'adapter /z',
    ]);
    expect(recognised(line)).toMatchObject({
      address: { host: '127.0.0.1', port: 30_000 },
      tensorParallel: 8,
    });
  });
});

describe('TensorRT-LLM', () => {
  test.each([
    'trtllm-serve a/b',
    'trtllm-serve serve a/b --tp_size 2',
    'trtllm-serve --backend pytorch --trust_remote_code a/b',
    'trtllm-serve serve --fail_fast_on_attention_window_too_large --max_batch_size 8 a/b',
    'mpirun -n 2 --oversubscribe --allow-run-as-root -mca btl tcp trtllm-llmapi-launch trtllm-serve a/b',
  ])('%s serves a/b', (line) => {
    expect(recognised(line)).toMatchObject({
      server: 'tensorrt-llm',
      address: { host: 'localhost', port: 8000 },
    });
    expect(modelsOf(line)).toEqual(['model hf:a/b']);
  });

  test('engine directories and tokenizers', () => {
    expect(modelsOf('trtllm-serve /engine --backend trt --tokenizer a/b')).toEqual([
      'model /engine',
      'tokenizer hf:a/b',
    ]);
    expect(() => recognised('trtllm-serve disaggregated -c x.yaml')).toThrow('not recognised');
  });
});

describe('llama.cpp', () => {
  test.each([
    ['llama-server -m a.gguf', ['model a.gguf']],
    ['/app/llama-server --model models/a -ngl -1 -c 4096', ['model models/a']],
    ['llama serve -m a.gguf', ['model a.gguf']],
    ['llama-server -m a.gguf -mm p.gguf -md d.gguf', ['model a.gguf', 'projector p.gguf', 'draft d.gguf']],
    ['llama-server -hf a/b:Q8_0 -hfd c/d', ['model llama:a/b:Q8_0', 'draft llama:c/d,draft']],
    ['llama-server -hf a/b --no-mmproj', ['model llama:a/b,no-mmproj']],
    ['llama-server -hf a/b --no-mmproj --mmproj-auto', ['model llama:a/b']],
    ['llama-server -hf a/b -mm p.gguf', ['model llama:a/b,no-mmproj', 'projector p.gguf']],
    [
      'llama-server -hf a/b -mmu https://h/p.gguf',
      ['model llama:a/b,no-mmproj', 'projector llama:https://h/p.gguf'],
    ],
    ['llama-server -hf a/b --spec-type draft-mtp,ngram-mod', ['model llama:a/b,mtp']],
    [
      'llama-server -hf a/b -hfd c/d:Q4_0 --spec-type draft-dflash',
      ['model llama:a/b', 'draft llama:c/d:Q4_0,draft,dflash'],
    ],
    ['llama-server -hf a/b -hfd c/d -md x.gguf', ['model llama:a/b', 'draft llama:c/d/x.gguf,draft']],
    // A path beside a repository is a file of it; older releases put the download where an absolute one says.
    ['llama-server -hf a/b -m q/x.gguf', ['model llama:a/b/q/x.gguf']],
    ['llama-server -hf a/b -m /m/x.gguf', ['model /m/x.gguf']],
    ['llama-server -mu https://h/a/x.gguf', ['model llama:https://h/a/x.gguf']],
    ['llama-server -mu https://h/a/x.gguf -m y.gguf', ['model y.gguf']],
    ['llama-server -hf alone', []],
    ['llama-server -m a --lora x,y --lora-scaled z:0.5', ['model a', 'adapter x', 'adapter y', 'adapter z']],
    ['llama-server --models-dir /models', ['model /models']],
    ['llama-server', []],
  ])('%s: %j', (line, models) => {
    expect(recognised(line).server).toBe('llama.cpp');
    expect(modelsOf(line)).toEqual(models);
  });

  test('which part of a repository', () => {
    expect(recognised('llama-server -hf a/b:q8_0').models).toEqual([
      { target: 'llama:a/b:q8_0', from: '-hf', kind: 'model', quantisation: 'q8_0' },
    ]);
    expect(recognised('llama-server -hf a/b:q8_0 -hff x.gguf').models).toEqual([
      { target: 'llama:a/b/x.gguf', from: '-hf', kind: 'model', file: 'x.gguf' },
    ]);
  });

  test('variables say what options do, and options win', () => {
    const env = {
      LLAMA_ARG_MODEL: '/a.gguf',
      LLAMA_ARG_PORT: '1234',
      LLAMA_ARG_HOST: '0.0.0.0',
      LLAMA_CACHE: '/c',
    };
    expect(recognised('llama-server', env)).toMatchObject({
      models: [{ target: '/a.gguf', from: '$LLAMA_ARG_MODEL' }],
      address: { host: '127.0.0.1', port: 1234 },
      environment: { LLAMA_CACHE: '/c' },
    });
    expect(modelsOf('llama-server -m /b.gguf', env)).toEqual(['model /b.gguf']);
    const repository = { LLAMA_ARG_HF_REPO: 'a/b', LLAMA_ARG_MMPROJ_AUTO: '0' };
    expect(modelsOf('llama-server', repository)).toEqual(['model llama:a/b,no-mmproj']);
    expect(modelsOf('llama-server --mmproj-auto', repository)).toEqual(['model llama:a/b']);
  });

  test('where it answers', () => {
    expect(recognised('llama-server').address).toEqual({ host: '127.0.0.1', port: 8080, otherPorts: [9931] });
    expect(recognised('llama-server --port 81').address).toEqual({ host: '127.0.0.1', port: 81 });
    expect(recognised('llama-server --host /run/l.sock').address).toBeNull();
    expect(recognised('llama-server --api-prefix /x').healthPaths).toEqual(['/x/health']);
  });
});

describe('Ollama', () => {
  test.each([
    ['ollama serve', []],
    ['ollama start', []],
    ['ollama run qwen3', ['model ollama:qwen3']],
    ['ollama run --verbose --keepalive 5m team/qwen3:8b hello', ['model ollama:team/qwen3:8b']],
    ['ollama run reg.example:5000/team/qwen3:8b', ['model ollama:reg.example:5000/team/qwen3:8b']],
    ['ollama runner --ollama-engine --model /m/blobs/sha256-0 --port 4000', ['model /m/blobs/sha256-0']],
  ])('%s: %j', (line, models) => {
    expect(recognised(line).server).toBe('ollama');
    expect(modelsOf(line)).toEqual(models);
  });

  test.each([
    [undefined, '127.0.0.1', 11_434],
    ['', '127.0.0.1', 11_434],
    ['0.0.0.0', '127.0.0.1', 11_434],
    [':9000', '127.0.0.1', 9000],
    ['10.0.0.1:9000', '10.0.0.1', 9000],
    ['http://gpu', 'gpu', 80],
    ['http://gpu:9000/x', 'gpu', 9000],
    ['[::1]:9000', '::1', 9000],
    ['::1', '::1', 11_434],
    ['gpu:99999', 'gpu', 11_434],
  ])('OLLAMA_HOST=%s', (value, host, port) => {
    const { address } = recognised('ollama serve', { OLLAMA_HOST: value });
    expect(address).toEqual({ host, port });
  });

  test('its other verbs are no servers', () => {
    expect(() => recognised('ollama pull qwen3')).toThrow('not recognised');
  });
});

describe('TGI', () => {
  test('options and variables', () => {
    expect(
      recognised('text-generation-launcher --model-id a/b --revision r -p81 --num-shard 2'),
    ).toMatchObject({
      server: 'tgi',
      models: [{ target: 'hf:a/b@r', from: '--model-id' }],
      address: { host: '127.0.0.1', port: 81 },
      tensorParallel: 2,
    });
    const env = {
      MODEL_ID: 'a/b',
      PORT: '80',
      HOSTNAME: 'pod-1',
      HUGGINGFACE_HUB_CACHE: '/data',
      LORA_ADAPTERS: 'c/d,x=/x',
    };
    expect(recognised('/tgi-entrypoint.sh', env)).toMatchObject({
      models: [
        { target: 'hf:a/b', from: '$MODEL_ID' },
        { target: 'hf:c/d', kind: 'adapter' },
        { target: '/x', kind: 'adapter' },
      ],
      address: { host: '127.0.0.1', port: 80 },
      environment: { HUGGINGFACE_HUB_CACHE: '/data' },
    });
    expect(recognised('text-generation-launcher').address).toEqual({ host: '127.0.0.1', port: 3000 });
  });
});
