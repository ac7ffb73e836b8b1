import { envPath, expandPath } from '../env-path.ts';
import type { Search } from '../search.ts';

/** A compile cache and what it holds. */
export interface CachePlace {
  readonly path: string;
  /** What names it: `$TRITON_CACHE_DIR`, `default`. */
  readonly from: string;
  readonly what: string;
}

interface Cache {
  readonly what: string;
  /** Variable → path below it. */
  readonly variables: readonly (readonly [name: string, below: string])[];
  /** Where it is without them: below the home directory, or below the cache directory (`$XDG_CACHE_HOME`). */
  readonly usual: { readonly home: string } | { readonly cache: string } | { readonly temporary: string };
}

// vLLM's root also holds statistics and downloaded pictures: only what its start reads is named here.
const VLLM = [
  'torch_compile_cache',
  'torch_aot_compile',
  'flashinfer_autotune_cache',
  'modelinfos',
  'deep_gemm',
];

const CACHES: readonly Cache[] = [
  ...VLLM.map((name) => ({
    what: `vLLM ${name}`,
    variables: [['VLLM_CACHE_ROOT', `/${name}`] as const],
    usual: { cache: `vllm/${name}` },
  })),
  {
    what: 'TorchInductor',
    variables: [['TORCHINDUCTOR_CACHE_DIR', '']],
    usual: { temporary: 'torchinductor_' },
  },
  {
    what: 'Triton',
    variables: [
      ['TRITON_CACHE_DIR', ''],
      ['TRITON_HOME', '/.triton/cache'],
    ],
    usual: { home: '.triton/cache' },
  },
  { what: 'DeepGEMM', variables: [['DG_JIT_CACHE_DIR', '']], usual: { home: '.deep_gemm' } },
  { what: 'TileLang', variables: [['TILELANG_CACHE_DIR', '']], usual: { home: '.tilelang/cache' } },
  {
    what: 'FlashInfer',
    variables: [['FLASHINFER_WORKSPACE_BASE', '/.cache/flashinfer']],
    usual: { home: '.cache/flashinfer' },
  },
  {
    what: 'PyTorch extensions',
    variables: [['TORCH_EXTENSIONS_DIR', '']],
    usual: { cache: 'torch_extensions' },
  },
  { what: 'CUDA', variables: [['CUDA_CACHE_PATH', '']], usual: { home: '.nv/ComputeCache' } },
];

/** Where compiled kernels and graphs are kept that a start would have to make again. Pure. */
export function cachePlaces(search: Pick<Search, 'env' | 'home' | 'cwd'>): readonly CachePlace[] {
  return CACHES.map(({ what, variables, usual }) => {
    for (const [name, below] of variables) {
      const path = envPath(name, search);
      if (path) return { path: path + below, from: `$${name}`, what };
    }
    return { ...defaultPlace(usual, search), what };
  });
}

function defaultPlace(
  usual: Cache['usual'],
  search: Pick<Search, 'env' | 'home' | 'cwd'>,
): Omit<CachePlace, 'what'> {
  if ('home' in usual) return { path: `${search.home}/${usual.home}`, from: 'default' };
  if ('cache' in usual) {
    const xdg = envPath('XDG_CACHE_HOME', search);
    return xdg
      ? { path: `${xdg}/${usual.cache}`, from: '$XDG_CACHE_HOME' }
      : { path: `${search.home}/.cache/${usual.cache}`, from: 'default' };
  }
  const { env } = search;
  const user = [env.LOGNAME, env.USER, env.LNAME, env.USERNAME].find((name) => name) ?? 'root';
  const temporary = env.TMPDIR || '/tmp';
  return {
    path: expandPath(`${temporary}/${usual.temporary}${user.replace(/[\\/:*?"<>|]/g, '_')}`, {
      ...search,
      env: {},
    }),
    from: env.TMPDIR ? '$TMPDIR' : 'default',
  };
}
