import { formatCount } from '../../units.ts';
import type { Search } from '../search.ts';
import type { TargetFailure } from '../warm-set.ts';
import type { Cached } from './cached.ts';
import { isModelPath, quantisationOf } from './choose.ts';
import { llamaFlatPlace, llamaHubPlace } from './locations.ts';
import { type LlamaRepository, repositoryId } from './name.ts';

/** What isn't downloaded yet, in words: to a server that is about to start it is no error. */

const WILL = 'The server downloads it when it starts, unless it runs with --offline.';
const MOST_SHOWN = 3;

/** None of the caches has it. Pure. */
export function notDownloaded(
  text: string,
  name: LlamaRepository,
  all: readonly Cached[],
  search: Pick<Search, 'env' | 'home' | 'cwd'>,
): TargetFailure {
  const id = repositoryId(name);
  if (all.length === 0) {
    const places = [llamaHubPlace(search), llamaFlatPlace(search)];
    const looked = places.filter(({ path }, at) => places.findIndex((place) => place.path === path) === at);
    const shown = looked.map(({ path, from }) => `${path} (${from})`).join(' and ');
    return failure(text, `nothing of ${id} is in ${shown} yet`, WILL);
  }
  const wanted = name.file ?? name.tag;
  const others = new Set(all.flatMap(({ files }) => [...files.keys()].filter(isModelPath).map(shortName)));
  const there =
    others.size === 0 ? '' : `; there ${others.size === 1 ? 'is' : 'are'} ${shorten([...others])}`;
  const what = wanted === undefined ? 'no model' : `no ${wanted}`;
  const notes = all.flatMap((cached) => cached.notes).map((note) => ` ${note}.`);
  return failure(
    text,
    `${what} of ${id} is in ${all.map(({ at }) => at).join(' and ')} yet${there}`,
    WILL,
    `${unfinished(all)}${notes.join('')}`,
  );
}

/** Some of its files are here. Pure. */
export function notWhole(text: string, missing: readonly string[], cached: Cached): TargetFailure {
  return { ...missingParts(text, missing, cached.at, unfinished([cached])) };
}

/** Pure. */
export function missingParts(text: string, missing: readonly string[], at: string, more = ''): TargetFailure {
  const verb = missing.length > 1 ? "aren't" : "isn't";
  return {
    path: `llama:${text}`,
    code: 'WARMSET_BAD_MODEL',
    message: `llama:${text}: ${shorten(missing)} ${verb} in ${at} yet.${more}`,
    remedy: `${WILL} What is there was taken.`,
  };
}

/** Pure. */
export function absentDownload(text: string, path: string): TargetFailure {
  return failure(text, `${path} isn't there yet`, WILL);
}

function failure(text: string, what: string, remedy: string, more = ''): TargetFailure {
  return {
    path: `llama:${text}`,
    code: 'WARMSET_BAD_TARGET',
    message: `llama:${text}: ${what}.${more}`,
    remedy,
  };
}

/** The quantisation says most; without one the whole name. */
function shortName(path: string): string {
  return quantisationOf(path) || path;
}

function shorten(names: readonly string[]): string {
  const more = names.length - MOST_SHOWN;
  return `${names.slice(0, MOST_SHOWN).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

function unfinished(all: readonly Cached[]): string {
  const count = all.reduce((sum, cached) => sum + cached.unfinished, 0);
  return count === 0
    ? ''
    : ` ${formatCount(count)} ${count === 1 ? 'file is' : 'files are'} half downloaded.`;
}
