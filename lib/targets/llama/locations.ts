import { resolve } from 'node:path';
import type { Place } from '../hub/locations.ts';
import type { Search } from '../search.ts';

/**
 * The hub's cache as llama.cpp looks for it since March 2026: `LLAMA_CACHE` before the variables of the hub's own
 * library (llama.cpp#21009), none of them expanded. Pure.
 */
export function llamaHubPlace(search: Pick<Search, 'env' | 'home' | 'cwd'>): Place {
  for (const [name, below] of [
    ['LLAMA_CACHE', ''],
    ['HF_HUB_CACHE', ''],
    ['HUGGINGFACE_HUB_CACHE', ''],
    ['HF_HOME', 'hub'],
    ['XDG_CACHE_HOME', 'huggingface/hub'],
  ] as const) {
    const path = variable(name, below, search);
    if (path !== undefined) return { path, from: `$${name}` };
  }
  return { path: `${search.home}/.cache/huggingface/hub`, from: 'default' };
}

/** llama.cpp's own cache: of everything before March 2026, and of what has an address of its own (`--model-url`). Pure. */
export function llamaFlatPlace(search: Pick<Search, 'env' | 'home' | 'cwd'>): Place {
  const own = variable('LLAMA_CACHE', '', search);
  if (own !== undefined) return { path: own, from: '$LLAMA_CACHE' };
  const xdg = variable('XDG_CACHE_HOME', 'llama.cpp', search);
  return xdg === undefined
    ? { path: `${search.home}/.cache/llama.cpp`, from: 'default' }
    : { path: xdg, from: '$XDG_CACHE_HOME' };
}

function variable(
  name: string,
  below: string,
  { env, cwd }: Pick<Search, 'env' | 'cwd'>,
): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : resolve(cwd, value, below);
}
