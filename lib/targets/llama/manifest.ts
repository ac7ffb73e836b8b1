import { WarmsetError } from '../../errors.ts';
import { isRecord } from '../read-small.ts';
import { isPathInside } from './name.ts';

/** What the hub answered when llama.cpp asked it for a quantisation: paths in the repository. */
export interface LlamaManifest {
  readonly model: string;
  readonly projector: string | undefined;
}

/**
 * What a manifest names, of which only names are taken: what hashes and sizes it holds are of the file that was current then.
 * Pure.
 *
 * @param manifest parsed JSON
 * @throws WarmsetError `WARMSET_BAD_MODEL` for what is no manifest, or names a file outside of the repository
 */
export function parseManifest(manifest: unknown, path: string): LlamaManifest {
  if (!isRecord(manifest)) throw refusal(path, 'is no JSON object');
  const model = fileName(manifest.ggufFile, path);
  if (model === undefined) throw refusal(path, 'names no GGUF file');
  return { model, projector: fileName(manifest.mmprojFile, path) };
}

function fileName(member: unknown, path: string): string | undefined {
  const name = isRecord(member) ? member.rfilename : undefined;
  if (name === undefined) return undefined;
  if (typeof name === 'string' && isPathInside(name)) return name;
  const shown = (JSON.stringify(name) ?? 'nothing').slice(0, 100);
  throw refusal(path, `names ${shown}, which is no file of a repository`);
}

function refusal(path: string, what: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_MODEL', `The manifest ${path} ${what}.`, {
    subject: path,
    remedy: 'It is damaged: delete it, and the server fetches it again. Files were taken by their names.',
  });
}
