import { type Dialect, READY, seconds } from '../dialect.ts';
import { LLAMA_LOADER } from './llama-cpp.ts';

const SIZE = /\bsize="([\d.]+) ([KMGT]iB)"/;

/** Ollama: one start for each model that it loads, with llama.cpp's own lines in between. */
export const OLLAMA: Dialect = {
  server: 'ollama',
  proofs: [
    'source=routes.go',
    'source=images.go',
    'source=server.go',
    'source=llama_server.go',
    'source=sched.go',
    'source=runner.go',
  ],
  startsAt: 'begin',
  rules: [
    ...LLAMA_LOADER,
    {
      needle: 'Listening on ',
      tells: [{ tells: 'version', pattern: /\(version ([\w.+-]{1,80})\)/ }],
    },
    // Without a model the runner only looks for GPUs.
    { needle: 'msg="starting ', needs: ' --model ', tells: [{ tells: 'begin', again: 'always' }] },
    // Its own engine, since 2025; one line a device.
    {
      needle: 'msg="model weights" device=',
      tells: [{ tells: 'bytes', of: 'model', several: 'sum', pattern: SIZE }],
    },
    {
      needle: 'msg="kv cache" device=',
      tells: [{ tells: 'bytes', of: 'kv-cache', several: 'sum', pattern: SIZE }],
    },
    {
      needle: 'msg="llama runner started in ',
      tells: [seconds('runner', /in ([\d.]+) s/), READY],
    },
    {
      needle: 'msg="llama-server started in ',
      tells: [seconds('runner', /in ([\d.]+) s/), READY],
    },
  ],
  within: {
    model: ['runner'],
    weights: ['model', 'runner'],
    'kv-cache': ['model', 'runner'],
    profile: ['model', 'runner'],
  },
};
