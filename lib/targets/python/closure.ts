import { isSystemError, WarmsetError } from '../../errors.ts';
import type { JobOptions } from '../../native/job.ts';
import { readRange } from '../../native/read-range.ts';
import { readSmall } from '../read-small.ts';
import { distributionOf, requirements, topLevelNames } from './metadata.ts';

/** Distributions whose start is what a set of Python files is warmed for. */
export const KNOWN_SERVERS: readonly string[] = ['vllm', 'sglang', 'tensorrt-llm', 'text-generation-server'];

/** Bytes; what is required stands in front of the description. */
const MOST_METADATA_BYTES = 256 * 2 ** 10;
/** Bytes; that of PyTorch has a tenth of it. */
const MOST_RECORD_BYTES = 16 * 2 ** 20;

export interface Closure {
  readonly servers: readonly string[];
  readonly distributions: number;
  /** Names in site-packages, the servers' own first, then what they require, then what that requires. */
  readonly names: readonly string[];
}

/**
 * What the known servers of a site-packages directory need, by what is written beside it. Undefined where none is
 * installed.
 *
 * @param directories names of the directories in site-packages
 */
export async function serverClosure(
  sitePackages: string,
  directories: readonly string[],
  options: JobOptions,
): Promise<Closure | undefined> {
  const installed = new Map<string, string>();
  for (const directory of directories) {
    const name = distributionOf(directory);
    if (name !== undefined) installed.set(name, directory);
  }
  const servers = KNOWN_SERVERS.filter((name) => installed.has(name));
  if (servers.length === 0) return undefined;
  const wanted = new Set(servers);
  const names = new Set<string>();
  // A set goes on with what is added to it meanwhile: breadth first.
  for (const name of wanted) {
    const directory = installed.get(name);
    if (directory === undefined) {
      wanted.delete(name);
      continue;
    }
    options.signal?.throwIfAborted();
    const info = `${sitePackages}/${directory}`;
    for (const required of await requirementsOf(info, options)) wanted.add(required);
    for (const top of await topLevel(info, name, options)) names.add(top);
  }
  return { servers, distributions: wanted.size, names: [...names] };
}

async function requirementsOf(info: string, options: JobOptions): Promise<readonly string[]> {
  try {
    const bytes = await readRange(`${info}/METADATA`, { ...options, length: MOST_METADATA_BYTES });
    return requirements(bytes.toString('utf8'));
  } catch (error) {
    // Some installers write none: then nothing is known to be required.
    if (!isUnusable(error)) throw error;
    return [];
  }
}

async function topLevel(info: string, name: string, options: JobOptions): Promise<readonly string[]> {
  try {
    return topLevelNames(await readSmall(`${info}/RECORD`, MOST_RECORD_BYTES, options));
  } catch (error) {
    // Debian's packages have none; nearly all packages are named like their distribution.
    if (!isUnusable(error)) throw error;
    return [name.replaceAll('-', '_')];
  }
}

function isUnusable(error: unknown): boolean {
  return isSystemError(error) || (WarmsetError.is(error) && error.code === 'WARMSET_BAD_MODEL');
}
