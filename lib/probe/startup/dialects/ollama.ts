import { type Dialect, READY, seconds } from '../dialect.ts';
import { LLAMA_LOADER } from './llama-cpp.ts';

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
