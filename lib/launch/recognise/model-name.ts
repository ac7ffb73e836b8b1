import type { NamedModel } from '../types.ts';
import { fromCwd } from './command.ts';

export interface NameOptions {
  readonly from: string;
  readonly kind?: NamedModel['kind'] | undefined;
  readonly revision?: string | undefined;
  /** Where the server is started, if that differs from where the command line is. */
  readonly cwd?: string | null | undefined;
  /** A server takes a directory of that name before it asks a hub. */
  readonly isDirectory?: ((path: string) => boolean) | undefined;
}

/** `s3://…`, `gs://…`: read over the network, never through the page cache. */
export function isRemote(name: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(name);
}

/** Starts with `/`, `.` or `~`, or has more parts than a name on a hub. */
export function isPath(name: string): boolean {
  return /^[/.~]/.test(name) || name.split('/').length > 2 || /\.(gguf|safetensors|bin|pt)$/i.test(name);
}

/** A name of one or two parts, as the hub allows them, and llama.cpp's and vLLM's quantisation behind a colon. */
const HUB_NAME = /^([\w.-]+(?:\/[\w.-]+)?)(?::([\w.-]+))?$/;

/** A model as a server takes it, path or name on the Hugging Face hub; `null` for what lies on no disk. Pure. */
export function nameHubModel(name: string, options: NameOptions): NamedModel | null {
  const { from, kind = 'model', revision, cwd = null, isDirectory } = options;
  if (name === '' || name === '-' || isRemote(name)) return null;
  if (isPath(name)) return nameFile(name, options);
  const match = HUB_NAME.exec(name);
  if (match === null) return null;
  const [, repository = '', quantisation] = match;
  const localPath = fromCwd(name, cwd);
  if (isDirectory?.(localPath) === true) return { target: localPath, from, kind };
  const target = `hf:${repository}${revision === undefined || revision === '' ? '' : `@${revision}`}`;
  return { target, from, kind, localPath, ...(quantisation === undefined ? {} : { quantisation }) };
}

/** A path as it was written. */
export function nameFile(path: string, { from, kind = 'model', cwd = null }: NameOptions): NamedModel | null {
  return path === '' || isRemote(path) ? null : { target: fromCwd(path, cwd), from, kind };
}

/** Each target once, the first kind that it is named as. */
export function eachOnce(models: readonly (NamedModel | null)[]): readonly NamedModel[] {
  const seen = new Map<string, NamedModel>();
  for (const model of models) {
    if (model !== null && !seen.has(model.target)) seen.set(model.target, model);
  }
  return [...seen.values()];
}
