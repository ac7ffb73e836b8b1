import { copyFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { describeWith, itWith, overlayMount, root, xfsLoop } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { DOCUMENT_GROUPS } from '../support/document-groups.ts';
import { documents } from '../support/documents.ts';
import { mountLoop, mountOverlay } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { writeRandomFile } from '../support/temp.ts';

describeWith([root], 'docs/json.md describes storage', () => {
  itWith([xfsLoop, overlayMount], 'describes where bytes live, and which are there twice', async () => {
    const mount = owned(await mountLoop('xfs'));
    await writeRandomFile(mount.file('a.bin'), 2 << 20, 1);
    await copyFile(mount.file('a.bin'), mount.file('b.bin'));
    const overlay = owned(await mountOverlay(mount.path));
    const missing = mount.file('missing');
    json(await cli(['storage', 'inspect', '--json', overlay.path, missing]));
    json(await cli(['storage', 'footprint', '--json', mount.path, missing]));
  });

  itWith([xfsLoop, overlayMount], 'and nothing that never comes', () => {
    expect(documents.neverCame(DOCUMENT_GROUPS.storage)).toEqual([]);
  });
});
