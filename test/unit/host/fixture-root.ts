import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HostOptions } from '../../../lib/host/index.ts';

/**
 * A host in a temporary directory that ends with the test. Keys are absolute host paths; a value is the file's text,
 * `null` an empty directory and `{ link }` a symbolic link.
 */
export async function fixtureRoot(
  files: Readonly<Record<string, string | null | { readonly link: string }>>,
): Promise<Required<HostOptions>> {
  const root = await mkdtemp(join(tmpdir(), 'warmset-host-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const place = join(root, path);
    await mkdir(content === null ? place : dirname(place), { recursive: true });
    if (typeof content === 'string') await writeFile(place, content);
    else if (content !== null) await symlink(content.link, place);
  }
  return { root };
}
