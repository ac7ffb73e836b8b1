import { describe, expect, test } from 'vitest';
import { recogniseServer } from '../../../../lib/launch/recognise/index.ts';
import { modelsOf, recognised } from './lines.ts';

test.each([
  'nice',
  'nice -n 5',
  'nice -5',
  'ionice -c 3',
  'ionice -c2 -n7',
  'chrt -b 0',
  'taskset 0xff',
  'taskset -c 0-3',
  'numactl -N 0 -m 0',
  'numactl --cpunodebind=0 --membind 0 --',
  'stdbuf -oL -e 0',
  'timeout 60',
  'timeout -k 5 -s TERM 1h',
  'timeout --signal=INT 60',
  'nohup setsid -w time -p',
  'tini --',
  '/sbin/tini -g -s -p SIGTERM --',
  'dumb-init --',
  'dumb-init -r 15:3',
  'catatonit --',
  'docker-init --',
  'gosu app:app',
  'su-exec 1000',
  's6-setuidgid app',
  'systemd-run --scope -p MemoryMax=40G --slice x',
  'opentelemetry-instrument --service_name x',
  'setpriv --reuid 1000 --clear-groups',
  'runuser -u app --',
  'sudo -E -u app HF_HUB_OFFLINE=1',
  'env',
  'env -u X A=b',
  'strace -f -o /tmp/t',
  'nsys profile -o report --trace=cuda',
  'torchrun --nproc_per_node 2 --standalone --no-python',
  'python -m torch.distributed.run --nnodes=1 --no-python',
  'accelerate launch --num_processes 1 --no_python',
  'ray symmetric-run --address head:6379 --num-gpus 4 --',
  'uv run',
  'uv run --with vllm --python 3.12 --no-project',
  'uv --project /x run',
  'uv tool run --from vllm',
  'uvx --from vllm',
  'conda run -n env --no-capture-output',
  'micromamba run -n env',
  'poetry run',
  'pipenv run',
  'busybox nice',
  'env nice numactl -m 0 timeout 60 tini -- stdbuf -oL',
])('%s is taken away', (launcher) => {
  expect(modelsOf(`${launcher} vllm serve a/b`)).toEqual(['model hf:a/b']);
});

test.each([
  ['torchrun --nproc-per-node 2 -m sglang.launch_server --model-path a/b'],
  ['uv run -m vllm.entrypoints.openai.api_server --model a/b'],
  ['uv run python -m sglang.launch_server --model-path a/b'],
  ['accelerate launch --module vllm.entrypoints.openai.api_server --model a/b'],
])('%s names a module', (line) => {
  expect(modelsOf(line)).toEqual(['model hf:a/b']);
});

test('what launchers set is what the server sees', () => {
  const env = { HF_HOME: '/one', LLAMA_CACHE: '/c' };
  expect(recognised('env HF_HOME=/two vllm serve a', env).environment).toEqual({ HF_HOME: '/two' });
  expect(recognised('env -u HF_HOME vllm serve a', env).environment).toEqual({});
  expect(recognised('env -i vllm serve a', env).environment).toEqual({});
  expect(recognised('sudo HF_HOME=/two vllm serve a', env).environment).toEqual({ HF_HOME: '/two' });
  expect(recognised(['env', '-S', 'HF_HOME=/two vllm', 'serve', 'a'], env).environment).toEqual({
    HF_HOME: '/two',
  });
});

test('what changes the directory changes what relative paths mean', () => {
  expect(modelsOf('env -C /models vllm serve ./a')).toEqual(['model /models/a']);
  expect(modelsOf('env --chdir=models llama-server -m a.gguf')).toEqual(['model models/a.gguf']);
  expect(modelsOf('env -C /m nice env -C sub vllm serve ./a')).toEqual(['model /m/sub/a']);
  expect(modelsOf('uv run --directory /models vllm serve /b')).toEqual(['model /b']);
  expect(recognised('env -C /models vllm serve a/b').models[0]?.localPath).toBe('/models/a/b');
});

describe('a shell string', () => {
  const HOME = { MODEL: 'a/b', EMPTY: '', TWO: '--port 9000', HF_HOME: '/one' };

  test.each([
    'vllm serve a/b',
    'exec vllm serve a/b',
    'cd /models && exec vllm serve a/b',
    'set -euo pipefail; source /opt/venv/bin/activate; exec vllm serve a/b',
    'export HF_HOME=/two\nvllm serve a/b',
    'HF_HOME=/two vllm serve a/b',
    '# a note; with | marks\n  vllm \\\n  serve a/b',
    'vllm serve "a/b"',
    "vllm serve 'a'/b",
    'vllm serve a\\/b',
    'vllm serve $MODEL',
    `vllm serve "\${MODEL}"`,
    `vllm serve \${NONE:-a/b}`,
    `vllm serve \${EMPTY:-a/b} \${NONE} --port \${PORT-9000}`,
    'vllm serve a/b $TWO',
    'M=a/b; vllm serve $M',
    'pip install x; nvidia-smi && ray start --head --port=6379 && vllm serve a/b',
    'hf download a/b > /dev/null && vllm serve a/b',
    'bash -c "ulimit -n 9; true"; vllm serve a/b',
    'vllm serve a/b && vllm serve c/d',
    'nice nice vllm serve a/b; vllm serve c/d',
    'vllm serve a/b 2>&1 | tee -a /tmp/log',
    'vllm serve a/b >>/tmp/log 2>/tmp/err </dev/null',
    '> /tmp/log vllm serve a/b',
    'vllm serve a/b; echo done',
    'vllm serve a/b && true',
    'timeout 60 bash -c "exec vllm serve a/b"',
  ])('%j serves a/b', (text) => {
    expect(modelsOf(['sh', '-c', text], HOME)).toEqual(['model hf:a/b']);
  });

  test.each([
    ['bash', '-lc'],
    ['bash', '-l', '-c'],
    ['/bin/bash', '-euxo', 'pipefail', '-c'],
    ['bash', '-o', 'pipefail', '-ec'],
    ['bash', '--norc', '-c', '--'],
    ['busybox', 'sh', '-c'],
  ])('%s %s', (...shell) => {
    expect(modelsOf([...shell, 'vllm serve a/b'])).toEqual(['model hf:a/b']);
  });

  test('passes on what stands behind it', () => {
    for (const text of ['exec "$@"', 'exec $@', 'cd /x; exec tini -- "$@"']) {
      expect(modelsOf(['sh', '-c', text, 'sh', 'vllm', 'serve', 'a/b'])).toEqual(['model hf:a/b']);
    }
  });

  test('assigns and changes directories for what comes behind', () => {
    const server = recognised(['sh', '-c', 'cd /m; export HF_HOME=/two A=1; cd sub && vllm serve ./a'], HOME);
    expect(server.models).toMatchObject([{ target: '/m/sub/a' }]);
    expect(server.environment).toEqual({ HF_HOME: '/two' });
    expect(recognised(['sh', '-c', 'HF_HOME=/two vllm serve a'], HOME).environment).toEqual({
      HF_HOME: '/two',
    });
  });

  test.each([
    'vllm serve a/b &',
    'vllm serve a/b || vllm serve c/d',
    'vllm serve $(cat model)',
    'vllm serve `cat model`',
    `vllm serve \${MODEL%x}`,
    'vllm serve $1',
    'vllm serve models/*',
    'vllm serve {a,b}',
    'if true; then vllm serve a/b; fi',
    'while true; do vllm serve a/b; done',
    'f() { vllm serve a/b; }; f',
    '(vllm serve a/b)',
    'echo x | vllm serve a/b',
    'vllm serve "a/b',
    "vllm serve 'a/b",
    'vllm serve a/b \\',
    'exec nginx; vllm serve a/b',
    'read MODEL; vllm serve $MODEL',
    'eval MODEL=x; vllm serve $MODEL',
    'exit 1; vllm serve a/b',
    'set -- --port 1; vllm serve a/b "$@"',
    'cat <<X\nvllm serve a/b\nX',
    'cd; vllm serve ./a',
    '. ./run.sh && ./server',
    '&& vllm serve a/b',
    'echo done',
    '',
    `vllm serve ${'x'.repeat(70_000)}`,
  ])('%j is for a shell', (text) => {
    expect(recogniseServer(['sh', '-c', text], HOME)).toBeNull();
  });
});

test.each([
  'sh run.sh',
  'python -c import_vllm',
  'python',
  'python -m',
  'timeout 60',
  'numactl --show',
  'taskset -p 1 vllm serve a/b',
  'ray job submit -- vllm serve a/b',
  'ray symmetric-run vllm serve a/b',
  'docker run vllm serve a/b',
  'uv pip install vllm',
  'cat vllm serve a/b',
  Array.from({ length: 40 }, () => 'nice')
    .join(' ')
    .concat(' vllm serve a/b'),
  '',
])('%s is not recognised', (line) => {
  expect(recogniseServer(line.split(' '), {})).toBeNull();
});
