import { ollamaName } from './ollama-manifest.ts';
import type { Backend, ContentHash } from './types.ts';

export interface Classified {
  readonly backend: Backend;
  readonly model: string | null;
  readonly hash: ContentHash | null;
}

/** Directories in which compilers of kernels and graphs keep what they made. */
const COMPILE_CACHES = new Set(
  `torch_compile_cache torch_aot_compile torchinductor .triton triton flashinfer deep_gemm tilelang torch_extensions
  ComputeCache .inductor_cache flashinfer_autotune_cache`.split(/\s+/),
);

const HUB = /^(models|datasets|spaces)--(.+)$/;
const WEIGHTS = /\.(?:safetensors|bin|pt|pth|ckpt|onnx|h5|msgpack)$/;
const HEX64 = /^[0-9a-f]{64}$/;

/**
 * Whose file a path is, which model's, and the hash that its store named it by. Goes by names alone, nothing is read.
 * Pure.
 */
export function classify(path: string): Classified {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  const parent = parts.at(-2) ?? '';
  const hub = parts.map((part) => HUB.exec(part)).find((match) => match !== null);
  if (hub) {
    const model = (hub[2] ?? '').replaceAll('--', '/');
    // Large files are named by the sha256 of their content; small ones by git's sha1, which hashes a header as well.
    const named = parent === 'blobs' && HEX64.test(name);
    return {
      backend: 'hugging-face',
      model: hub[1] === 'models' ? model : `${hub[1]}/${model}`,
      hash: named ? { hex: name, from: 'name' } : null,
    };
  }
  const ollama = parent === 'blobs' ? /^sha256[-:]([0-9a-f]{64})$/.exec(name)?.[1] : undefined;
  if (ollama !== undefined) {
    // Whose blob it is stands in the manifests.
    return { backend: 'ollama', model: null, hash: { hex: ollama, from: 'name' } };
  }
  const unhashed = (backend: Backend, model: string | null): Classified => ({ backend, model, hash: null });
  const listed = ollamaName(path);
  if (listed !== null) return unhashed('ollama', listed);
  if (parts.some((part) => COMPILE_CACHES.has(part) || part.startsWith('torchinductor_'))) {
    return unhashed('compile-cache', null);
  }
  const scope = parts.indexOf('modelscope');
  if (scope >= 0) return unhashed('modelscope', modelScopeName(parts.slice(scope + 1, -1)));
  if (/\.(?:engine|plan)$/.test(name)) return unhashed('tensorrt', parent || null);
  if (name.endsWith('.gguf')) {
    return unhashed('gguf', name.replace(/(?:-\d{5}-of-\d{5})?\.gguf$/, '') || null);
  }
  return WEIGHTS.test(name) ? unhashed('weights', parent || null) : unhashed('other', null);
}

/** `hub/models/ORG/NAME/…` since 1.20, `hub/ORG/NAME/…` before. */
function modelScopeName(below: readonly string[]): string | null {
  const rest = below.filter((part, at) => !(at < 2 && (part === 'hub' || part === 'models')));
  const [organisation, name] = rest;
  return organisation !== undefined && name !== undefined ? `${organisation}/${name}` : null;
}
