/** A target that is no path. */
export type NamedTarget =
  | { readonly kind: 'hub' | 'ollama' | 'llama' | 'python'; readonly text: string }
  | { readonly kind: 'compile-caches' };

const KINDS = { hf: 'hub', ollama: 'ollama', llama: 'llama', python: 'python' } as const;

/** What a target names that is no path; undefined for a path or a glob. `./hf:x` is a path. Pure. */
export function parseTarget(target: string): NamedTarget | undefined {
  if (target === 'compile-caches') return { kind: 'compile-caches' };
  const colon = target.indexOf(':');
  const prefix = target.slice(0, Math.max(0, colon));
  if (!Object.hasOwn(KINDS, prefix)) return undefined;
  return { kind: KINDS[prefix as keyof typeof KINDS], text: target.slice(colon + 1) };
}
