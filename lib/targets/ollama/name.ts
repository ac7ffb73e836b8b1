import type { TargetFailure } from '../warm-set.ts';

/** A model of Ollama's store with nothing left out of its name. */
export interface OllamaName {
  readonly host: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}$/;
const NAMESPACE = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,79}$/;
const PART = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/;

/** The name behind `ollama:`, as Ollama itself completes it, or what is wrong with it. Pure. */
export function parseOllamaName(text: string): OllamaName | TargetFailure {
  const bare = text.replace(/^https?:\/\//, '').split('@')[0] ?? '';
  const colon = bare.lastIndexOf(':');
  // A colon in front of a slash is the port of a host.
  const tagged = colon > bare.lastIndexOf('/');
  const tag = tagged ? bare.slice(colon + 1) : 'latest';
  const parts = (tagged ? bare.slice(0, colon) : bare).split('/');
  const [model = '', namespace = 'library', host = 'registry.ollama.ai'] = parts.toReversed();
  const good = HOST.test(host) && NAMESPACE.test(namespace) && PART.test(model) && PART.test(tag);
  return good && parts.length <= 3 ? { host, namespace, model, tag } : notAName(text);
}

function notAName(text: string): TargetFailure {
  return {
    path: `ollama:${text}`,
    code: 'WARMSET_BAD_TARGET',
    message: `ollama:${text}: that is no name of a model.`,
    remedy: 'Write it as `ollama list` does: ollama:NAME:TAG, or ollama:HOST/NAMESPACE/NAME:TAG.',
  };
}

/** Where a model's manifest stands below the store. Pure. */
export function manifestPath({ host, namespace, model, tag }: OllamaName): string {
  return `manifests/${host}/${namespace}/${model}/${tag}`;
}

/** The name as `ollama list` shows it. Pure. */
export function showName({ host, namespace, model, tag }: OllamaName): string {
  const official = host === 'registry.ollama.ai';
  if (official && namespace === 'library') return `${model}:${tag}`;
  return official ? `${namespace}/${model}:${tag}` : `${host}/${namespace}/${model}:${tag}`;
}
