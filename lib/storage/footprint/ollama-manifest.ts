/** Where `manifests/HOST/NAMESPACE/MODEL/TAG` is in a path: the name that `ollama list` shows. Pure. */
export function ollamaName(path: string): string | null {
  const parts = path.split('/');
  const at = parts.lastIndexOf('manifests');
  const [host, namespace, model, tag, more] = at < 0 ? [] : parts.slice(at + 1);
  if (!host || !namespace || !model || !tag || more !== undefined) return null;
  // A registry has a domain or a port; other programs have directories called manifests, too.
  if (!/[.:]/.test(host)) return null;
  const scope = host === 'registry.ollama.ai' ? '' : `${host}/`;
  return `${scope}${scope === '' && namespace === 'library' ? '' : `${namespace}/`}${model}:${tag}`;
}

/** The sha256 of every blob that a manifest names; none of a file that is no manifest. Pure. */
export function manifestBlobs(text: string): readonly string[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isRecord(document)) return [];
  const layers: readonly unknown[] = Array.isArray(document.layers) ? document.layers : [];
  return [document.config, ...layers].flatMap((layer) => {
    const digest = isRecord(layer) ? layer.digest : undefined;
    const hex = typeof digest === 'string' ? /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] : undefined;
    return hex === undefined ? [] : [hex];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
