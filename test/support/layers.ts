import { mkdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { ChangeOptions } from '../../lib/change/index.ts';
import type { OverlayOptions } from '../../lib/storage/overlay/index.ts';
import { choosePolicy } from '../../lib/storage/placement/index.ts';
import { STORAGE_STEPS } from '../../lib/storage/step-kinds.ts';
import { bundle } from './bundle.ts';
import { makeBase, makeCache } from './layer-trees.ts';
import { type RunResult, run } from './run.ts';

/** A cache and a base below a directory, and what it takes to lay one over the other. */
export interface LayerSite {
  readonly cache: string;
  readonly base: string;
  readonly change: ChangeOptions & { readonly directory: string };
  readonly options: OverlayOptions;
}

/** @param base where the shared base lies. @default beside the cache */
export async function layerSite(at: string, base = `${at}/base`): Promise<LayerSite> {
  const cache = `${at}/cache`;
  await mkdir(cache, { recursive: true });
  await mkdir(base, { recursive: true });
  await makeCache(cache);
  await makeBase(base);
  return siteAt(at, cache, base);
}

export function siteAt(at: string, cache: string, base: string): LayerSite {
  return {
    ...{ cache, base },
    change: { kinds: STORAGE_STEPS, directory: `${at}/state` },
    options: { lower: base, writableLower: true, policy: choosePolicy({}) },
  };
}

// The process ends itself before the step of this number, or right after it was done: what `end` would say is not written.
const SCRIPT = `
  const [at, library, what, path, options, state, killAt] = process.argv;
  const layers = await import(library + '/storage-layers.js');
  let seen = 0;
  const kinds = layers.STORAGE_STEPS.map((kind) => {
    const wrapped = (name) => async (step, context) => {
      const number = seen++;
      if (number === Number(killAt)) process.kill(process.pid, 'SIGKILL');
      await kind[name](step, context);
      if (number + 0.5 === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    };
    return { ...kind, apply: wrapped('apply'), undo: wrapped('undo') };
  });
  const change = { kinds, directory: state };
  if (what === 'apply') await layers.applyOverlay(path, JSON.parse(options), change);
  else await layers.removeOverlay(path, change);
  console.log('steps ' + seen);`;

/**
 * Applies or removes an overlay in a process that is killed: at `n` before its step of that number, at `n` and a half
 * after it was done and before that is written down; beyond the last it ends by itself and prints how many there were.
 */
export async function killedAt(
  site: LayerSite,
  what: 'apply' | 'remove',
  killAt: number,
): Promise<RunResult> {
  const library = pathToFileURL(await bundle()).href;
  const words = [
    library,
    what,
    site.cache,
    JSON.stringify(site.options),
    site.change.directory,
    String(killAt),
  ];
  return run(process.execPath, ['--input-type=module', '--eval', SCRIPT, ...words]);
}
