import { envPath } from '../env-path.ts';
import type { Search } from '../search.ts';

/** Where a cache may be. */
export interface Place {
  readonly path: string;
  /** What names it: `$HF_HOME`, `default`. */
  readonly from: string;
}

/**
 * Where models of the Hugging Face hub are kept, the place that its library writes to first. `TRANSFORMERS_CACHE` is that of
 * older releases: what was downloaded with them may still be there. Pure.
 */
export function hubPlaces(search: Pick<Search, 'env' | 'home' | 'cwd'>): readonly Place[] {
  const legacy = envPath('TRANSFORMERS_CACHE', search);
  const places = [current(search), ...(legacy ? [{ path: legacy, from: '$TRANSFORMERS_CACHE' }] : [])];
  return places.filter(({ path }, at) => places.findIndex((place) => place.path === path) === at);
}

function current(search: Pick<Search, 'env' | 'home' | 'cwd'>): Place {
  for (const name of ['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE']) {
    const path = envPath(name, search);
    if (path) return { path, from: `$${name}` };
  }
  const home = envPath('HF_HOME', search);
  if (home) return { path: `${home}/hub`, from: '$HF_HOME' };
  const xdg = envPath('XDG_CACHE_HOME', search);
  return xdg
    ? { path: `${xdg}/huggingface/hub`, from: '$XDG_CACHE_HOME' }
    : { path: `${search.home}/.cache/huggingface/hub`, from: 'default' };
}
