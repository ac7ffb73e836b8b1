import { stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { findFileDisk, splitDevice } from '../../lib/host/index.ts';
import { bindMount, btrfsLoop, describeWith, ext4Loop, overlayMount, root } from '../support/capabilities.ts';
import { bindReadOnly, mountLoop, mountOverlay } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';

async function diskOf(path: string): Promise<string | null> {
  const { dev } = await stat(path, { bigint: true });
  return (await findFileDisk(path, splitDevice(dev)))?.name ?? null;
}

describeWith([root, bindMount, overlayMount, ext4Loop, btrfsLoop], 'the disk under a file', () => {
  it('is found through an overlay over a bind, and it is another one once the file was written', async () => {
    const ext4 = owned(await mountLoop('ext4'));
    await writeFile(ext4.file('model'), 'shared');
    const overlay = owned(await mountOverlay(owned(await bindReadOnly(ext4.path)).path));
    expect(await diskOf(overlay.file('model'))).toBe(basename(ext4.device));
    await writeFile(overlay.file('model'), 'written here');
    expect(await diskOf(overlay.file('model'))).toBe(await diskOf(overlay.upper));
    expect(await diskOf(overlay.upper)).not.toBe(basename(ext4.device));
  });

  it('is found on btrfs, whose device number is nobody’s', async () => {
    const btrfs = owned(await mountLoop('btrfs'));
    await writeFile(btrfs.file('model'), 'x');
    expect(await diskOf(btrfs.file('model'))).toBe(basename(btrfs.device));
  });
});
