import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Files by path below a root: their text, their size in bytes, or where a link leads. */
export type Tree = Readonly<Record<string, string | number | { readonly link: string }>>;

/** Makes files, with the directories that they lie in. */
export async function plant(root: string, tree: Tree): Promise<void> {
  for (const [name, what] of Object.entries(tree)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    if (typeof what === 'object') await symlink(what.link, file);
    else await writeFile(file, typeof what === 'string' ? what : Buffer.alloc(what, name));
  }
}

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
export const OTHER_COMMIT = '01234567ffffffffffffffffffffffffffffffff';

/** The text of an index of safetensors that names these files. */
export function indexOf(...files: readonly string[]): string {
  const map = Object.fromEntries(files.map((file, at) => [`model.layers.${at}.weight`, file]));
  return JSON.stringify({ metadata: { total_size: 1 }, weight_map: map });
}

/** What a model of two shards has beside the files that no server reads. */
export const SHARDED: Tree = {
  'README.md': 'words',
  'config.json': '{"model_type":"llama"}',
  'generation_config.json': '{}',
  'model-00001-of-00002.safetensors': 8192,
  'model-00002-of-00002.safetensors': 4096,
  'model.safetensors.index.json': indexOf(
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
  ),
  'tokenizer.json': '{"version":"1.0"}',
  'tokenizer_config.json': '{"a":1}',
};

/** Plants a model into a cache of the hub as its library does: blobs, and a snapshot of links to them. */
export async function plantHubModel(
  hub: string,
  id: string,
  files: Tree,
  {
    commit = COMMIT,
    refs = { main: commit },
  }: { readonly commit?: string; readonly refs?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const repository = path.join(hub, `models--${id.replace('/', '--')}`);
  const tree: Record<string, Tree[string]> = {};
  for (const [at, [name, what]] of Object.entries(files).entries()) {
    if (typeof what === 'object') {
      tree[`snapshots/${commit}/${name}`] = what;
      continue;
    }
    const blob = `${commit.slice(0, 8)}${String(at).padStart(56, '0')}`;
    const up = '../'.repeat(name.split('/').length + 1);
    tree[`blobs/${blob}`] = what;
    tree[`snapshots/${commit}/${name}`] = { link: `${up}blobs/${blob}` };
  }
  for (const [name, text] of Object.entries(refs)) tree[`refs/${name}`] = text;
  await plant(repository, tree);
  return repository;
}

/** A digest as manifests write it; the hex digit says which. */
export function digest(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}

/** Blobs and manifest of a model of Ollama's store: weights first in it, as Ollama writes it. */
export function ollamaModel(name = 'registry.ollama.ai/library/qwen3/8b'): Tree {
  const layer = (kind: string, digit: string, size: number): object => ({
    mediaType: `application/vnd.ollama.image.${kind}`,
    digest: digest(digit),
    size,
  });
  const manifest = {
    schemaVersion: 2,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: digest('c'),
      size: 20,
    },
    layers: [
      layer('model', 'a', 8192),
      layer('projector', 'e', 4096),
      layer('template', 'b', 30),
      layer('params', 'd', 40),
    ],
  };
  const sizes = { a: 8192, b: 30, c: 20, d: 40, e: 4096 };
  const blobs = Object.entries(sizes).map(([digit, size]) => [`blobs/sha256-${digit.repeat(64)}`, size]);
  return { ...Object.fromEntries(blobs), [`manifests/${name}`]: JSON.stringify(manifest) };
}
