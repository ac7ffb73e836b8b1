import { existsSync, readFileSync } from 'node:fs';
import { arch, release } from 'node:os';

/** The package's own, wherever in it this file was bundled to. `require` would take longer to start than to answer. */
export function version(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL('package.json', folder);
    const manifest: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
    if (isOwn(manifest)) return manifest.version;
    if (folder.pathname === '/') return 'unknown';
  }
}

/** The document `warmset.version/1`: what a report of a fault should say. */
export function versions(): Readonly<Record<string, string>> {
  return {
    schema: 'warmset.version/1',
    version: version(),
    node: process.versions.node,
    napi: process.versions.napi ?? 'unknown',
    kernel: release(),
    arch: arch(),
  };
}

function isOwn(manifest: unknown): manifest is { readonly version: string } {
  return (
    typeof manifest === 'object' &&
    manifest !== null &&
    'name' in manifest &&
    manifest.name === 'warmset' &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  );
}
