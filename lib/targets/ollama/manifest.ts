import { WarmsetError } from '../../errors.ts';
import { isRecord } from '../read-small.ts';
import type { FileRole } from '../warm-set.ts';

/** One blob of a model. */
export interface Layer {
  /** File name below `blobs`. */
  readonly blob: string;
  readonly role: FileRole;
  /** What it is, in a word or two. */
  readonly what: string;
  /** Bytes that it must have; null where the manifest doesn't say. */
  readonly size: number | null;
}

const DIGEST = /^sha256[:-]([0-9a-f]{64})$/;
/** Models in safetensors have a layer a tensor. */
const MOST_LAYERS = 2 ** 16;
const MEDIA = 'application/vnd.ollama.image.';

interface Kind {
  readonly role: FileRole;
  readonly what: string;
  /** When it is read, the lowest first. */
  readonly turn: number;
}

const KINDS: Readonly<Record<string, Kind>> = {
  model: { role: 'weights', what: 'the weights', turn: 1 },
  tensor: { role: 'weights', what: 'a tensor of the weights', turn: 1 },
  adapter: { role: 'adapter', what: 'an adapter', turn: 2 },
  projector: { role: 'adapter', what: 'a projector', turn: 3 },
};

/**
 * A manifest's blobs in the order in which they are read: what is small first, then weights, adapters and projectors.
 * Pure.
 *
 * @param manifest parsed JSON
 * @throws WarmsetError `WARMSET_BAD_MODEL` for what is no manifest
 */
export function manifestLayers(manifest: unknown, path: string): readonly Layer[] {
  const layers = isRecord(manifest) ? manifest.layers : undefined;
  if (!isRecord(manifest) || !Array.isArray(layers)) throw refusal(path, 'has no layers');
  if (layers.length === 0) throw refusal(path, 'names no layers');
  if (layers.length > MOST_LAYERS) throw refusal(path, `names ${layers.length} layers`);
  const config = manifest.config === undefined || manifest.config === null ? [] : [manifest.config];
  return [
    ...config.map((layer) => ({ layer, isConfig: true })),
    ...layers.map((layer) => ({ layer, isConfig: false })),
  ]
    .map(({ layer, isConfig }) => toLayer(layer, isConfig, path))
    .sort((a, b) => a.turn - b.turn)
    .map(({ blob, role, what, size }) => ({ blob, role, what, size }));
}

function toLayer(layer: unknown, isConfig: boolean, path: string): Layer & Kind {
  if (!isRecord(layer)) throw refusal(path, 'has a layer that is none');
  const { digest, mediaType, size } = layer;
  const hex = typeof digest === 'string' ? DIGEST.exec(digest)?.[1] : undefined;
  if (hex === undefined) {
    const shown = (JSON.stringify(digest) ?? 'nothing').slice(0, 100);
    throw refusal(path, `names ${shown} where a digest belongs`);
  }
  const known = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null;
  return { blob: `sha256-${hex}`, size: known, ...kindOf(mediaType, isConfig) };
}

function kindOf(mediaType: unknown, isConfig: boolean): Kind {
  const name =
    typeof mediaType === 'string' && mediaType.startsWith(MEDIA) ? mediaType.slice(MEDIA.length) : '';
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind && !isConfig) return kind;
  const what = isConfig ? 'the configuration' : /^[a-z]{1,20}$/.test(name) ? `the ${name}` : 'a layer';
  return { role: 'config', what, turn: 0 };
}

function refusal(path: string, what: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_MODEL', `The manifest ${path} ${what}.`, {
    subject: path,
    remedy: 'It is damaged: pull the model again.',
  });
}
