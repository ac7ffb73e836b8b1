import type { ServerKind } from '../../server-kind.ts';
import type { RecognisedServer } from '../types.ts';

/** llama.cpp and what is built on it map their files and take memory that is available for free. */
const COUNTS_AVAILABLE: readonly ServerKind[] = ['llama.cpp', 'ollama'];

/** Whether it asks the GPU for free memory before it loads; who isn't known is taken to. */
export function needsFreeGpuMemory(recognised: RecognisedServer | null): boolean {
  return recognised === null || !COUNTS_AVAILABLE.includes(recognised.server);
}

/** vLLM imports for 19 to 20 s before it reads a weight (vllm#15225, #40331); llama.cpp reads at once. */
const HEAD_START_MS: Readonly<Record<ServerKind, number | null>> = {
  vllm: 19_000,
  sglang: null,
  'tensorrt-llm': null,
  'llama.cpp': 0,
  ollama: 0,
  tgi: null,
};

/** How long after its start a server reads its first weight, in milliseconds; `null` where nobody has published it. */
export function usualHeadStartMs(recognised: RecognisedServer | null): number | null {
  return recognised === null ? null : HEAD_START_MS[recognised.server];
}

/** vLLM prefetches safetensors from these two network filesystems unasked; not from Ceph, virtiofs or FUSE. */
export function prefetchesFrom(recognised: RecognisedServer | null, filesystemName: string): boolean {
  return (
    recognised?.server === 'vllm' &&
    recognised.cacheUse.state === 'used' &&
    /^(nfs4?|lustre)$/.test(filesystemName)
  );
}
