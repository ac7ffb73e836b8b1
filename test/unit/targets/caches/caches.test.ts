import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachePlaces } from '../../../../lib/targets/caches/locations.ts';
import { explainTargets, resolveTargets } from '../../../../lib/targets/index.ts';
import { plant } from '../../../support/model-trees.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../../support/temp.ts';

function place(what: string, env: Record<string, string> = {}) {
  return cachePlaces({ env, home: '/home/me', cwd: '/' }).find((one) => one.what === what);
}

describe('a compile cache', () => {
  it.each([
    [
      'vLLM torch_compile_cache',
      '/home/me/.cache/vllm/torch_compile_cache',
      'VLLM_CACHE_ROOT',
      '/x/torch_compile_cache',
    ],
    [
      'vLLM torch_aot_compile',
      '/home/me/.cache/vllm/torch_aot_compile',
      'XDG_CACHE_HOME',
      '/x/vllm/torch_aot_compile',
    ],
    ['TorchInductor', '/tmp/torchinductor_me', 'TORCHINDUCTOR_CACHE_DIR', '/x'],
    ['Triton', '/home/me/.triton/cache', 'TRITON_CACHE_DIR', '/x'],
    ['DeepGEMM', '/home/me/.deep_gemm', 'DG_JIT_CACHE_DIR', '/x'],
    ['TileLang', '/home/me/.tilelang/cache', 'TILELANG_CACHE_DIR', '/x'],
    ['FlashInfer', '/home/me/.cache/flashinfer', 'FLASHINFER_WORKSPACE_BASE', '/x/.cache/flashinfer'],
    ['PyTorch extensions', '/home/me/.cache/torch_extensions', 'TORCH_EXTENSIONS_DIR', '/x'],
    ['CUDA', '/home/me/.nv/ComputeCache', 'CUDA_CACHE_PATH', '/x'],
  ])('of %s is at %s, or where %s says', (what, usual, variable, told) => {
    expect(place(what, { USER: 'me' })).toMatchObject({ path: usual, from: 'default' });
    expect(place(what, { USER: 'me', [variable]: '/x' })).toMatchObject({ path: told, from: `$${variable}` });
  });

  it('of TorchInductor is temporary, and of a user', () => {
    expect(place('TorchInductor', { TMPDIR: '/t', LOGNAME: 'a/b' })?.path).toBe('/t/torchinductor_a_b');
  });
});

describe('compile-caches', () => {
  let directory: TemporaryDirectory;
  beforeEach(async () => {
    directory = await temporaryDirectory('caches');
  });
  afterEach(() => directory[Symbol.asyncDispose]());
  const options = () => ({ home: directory.path, env: { TMPDIR: directory.file('tmp') } });

  it('are those that are there; the others are no failures', async () => {
    await plant(directory.path, { '.triton/cache/k/a.cubin': 10, '.cache/vllm/torch_compile_cache/h/x': 5 });
    const { set, targets } = await explainTargets(['compile-caches'], options());
    expect(set.files.map(({ path }) => path)).toEqual([
      directory.file('.cache/vllm/torch_compile_cache/h/x'),
      directory.file('.triton/cache/k/a.cubin'),
    ]);
    expect(set.files.every(({ role }) => role === 'compile-cache')).toBe(true);
    expect(set.failures).toEqual([]);
    expect(targets[0]?.looked.filter(({ there }) => there)).toHaveLength(2);
    expect(targets[0]?.looked.filter(({ there }) => !there).length).toBeGreaterThan(5);
  });

  it('may be none at all', async () => {
    expect(await resolveTargets(['compile-caches'], options())).toMatchObject({ files: [], failures: [] });
  });

  it('that are no directories are none', async () => {
    await writeFile(directory.file('.deep_gemm'), 'x');
    expect(await resolveTargets(['compile-caches'], options())).toMatchObject({ files: [], failures: [] });
  });
});
