import type { CacheUse } from '../types.ts';
import type { Environment } from './command.ts';

/** What a loader of weights was told. One list for `run`, the doctor and whoever asks. */
export interface LoaderOptions {
  /** `--load-format` of vLLM and SGLang; lower case. */
  readonly loadFormat?: string | undefined;
  /** `--safetensors-load-strategy` of vLLM. */
  readonly loadStrategy?: string | undefined;
  /** `--model-loader-extra-config`, as written. */
  readonly extraConfig?: string | undefined;
  readonly env: Environment;
}

/** Formats that are read through the page cache, by mmap or read. */
const BUFFERED = new Set(
  (
    'auto hf safetensors pt npcache mistral gguf bitsandbytes sharded_state layered flash_rl jax private ' +
    'quantized_rl_auto'
  ).split(' '),
);

const USED: CacheUse = { state: 'used' };

/** How `--load-format` and what belongs to it read. Pure. */
export function loadFormatUse({
  loadFormat = 'auto',
  loadStrategy,
  extraConfig,
  env,
}: LoaderOptions): CacheUse {
  const option = `--load-format ${loadFormat}`;
  switch (loadFormat) {
    case 'dummy':
      return { state: 'bypassed', why: `${option} makes weights up and reads none` };
    case 'instanttensor':
      return { state: 'bypassed', why: `${option} reads by O_DIRECT, past the page cache` };
    case 'serverless_llm':
      return { state: 'bypassed', why: `${option} reads by O_DIRECT, past the page cache` };
    case 'remote':
    case 'remote_instance':
      return { state: 'bypassed', why: `${option} fetches weights over the network` };
    case 'fastsafetensors':
      if (/"enable_gds"\s*:\s*false/.test(extraConfig ?? '')) return USED;
      return {
        state: 'doubtful',
        why: `${option} with GDS never uses the page cache; whether GDS is on can not be seen`,
      };
    case 'tensorizer':
      return {
        state: 'doubtful',
        why: `${option} reads the file that --model-loader-extra-config names, which may lie elsewhere`,
      };
    case 'runai_streamer':
    case 'runai_streamer_sharded':
      return streamerUse(option, env);
  }
  if (!BUFFERED.has(loadFormat)) {
    return { state: 'doubtful', why: `${option} is no loader known here: it may read past the page cache` };
  }
  if (loadStrategy === 'prefetch') {
    return {
      state: 'prefetches',
      why: '--safetensors-load-strategy prefetch reads all files into the page cache before they are loaded',
    };
  }
  return USED;
}

/** Run:ai Model Streamer reads by several threads through the page cache, unless its variables say otherwise. */
function streamerUse(option: string, env: Environment): CacheUse {
  const variable = (name: string): string => (Object.hasOwn(env, name) ? (env[name] ?? '') : '');
  if (variable('RUNAI_STREAMER_DIRECTIO') === '1') {
    return { state: 'bypassed', why: `${option} with RUNAI_STREAMER_DIRECTIO=1 reads by O_DIRECT` };
  }
  const strategy = variable('RUNAI_STREAMER_FS_STRATEGY');
  if (strategy !== '' && strategy !== 'sync_buffered') {
    return {
      state: 'doubtful',
      why: `${option} with RUNAI_STREAMER_FS_STRATEGY=${strategy} may read by O_DIRECT`,
    };
  }
  return USED;
}

export const REMOTE_MODEL: CacheUse = {
  state: 'bypassed',
  why: 'the model lies behind an address and is read over the network, not from files',
};

export const SGLANG_PREFETCHES: CacheUse = {
  state: 'prefetches',
  why: '--weight-loader-prefetch-checkpoints reads all files into the page cache before they are loaded',
};

export const SGLANG_DROPS: CacheUse = {
  state: 'drops',
  why: '--weight-loader-drop-cache-after-load takes the files out of the page cache once they are loaded',
};

export const TENSORRT_LLM_PREFETCHES: CacheUse = {
  state: 'prefetches',
  why: 'its PyTorch backend reads checkpoints that fit 0.9 of the available memory into the page cache first',
};

/** `written` is the option or variable that said so. */
export function directIo(written: string): CacheUse {
  return { state: 'bypassed', why: `${written} reads by O_DIRECT, past the page cache` };
}

const TELLING: readonly CacheUse['state'][] = ['bypassed', 'prefetches', 'doubtful', 'drops', 'used'];

/** Several uses as a server has them: the most telling first, `used` only when nothing else is said. */
export function mostTelling(uses: readonly CacheUse[]): {
  readonly cacheUse: CacheUse;
  readonly cacheUses?: readonly CacheUse[];
} {
  const special = uses
    .filter(({ state }) => state !== 'used')
    .sort((a, b) => TELLING.indexOf(a.state) - TELLING.indexOf(b.state));
  const [first] = special;
  if (first === undefined) return { cacheUse: USED };
  return special.length > 1 ? { cacheUse: first, cacheUses: special } : { cacheUse: first };
}
