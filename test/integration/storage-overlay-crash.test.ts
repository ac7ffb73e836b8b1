import { expect, it } from 'vitest';
import { recoverChanges } from '../../lib/change/index.ts';
import { removeOverlay } from '../../lib/storage/overlay/index.ts';
import { describeWith, overlayMount, root } from '../support/capabilities.ts';
import { treeOf } from '../support/layer-trees.ts';
import { killedAt, layerSite } from '../support/layers.ts';
import { mountTable } from '../support/mount-table.ts';
import { temporaryDirectory } from '../support/temp.ts';

const TOO_FAR = 1000;

const mountsBelow = (at: string) => mountTable().filter((entry) => entry.path.startsWith(`${at}/`));

describeWith([root, overlayMount], 'an overlay that a crash left half done', () => {
  it('is undone after a kill before and after every step of applying it: the tree is what it was', async () => {
    await using directory = await temporaryDirectory('crash');
    const site = await layerSite(directory.path);
    const before = treeOf(site.cache);
    const whole = await killedAt(site, 'apply', TOO_FAR);
    expect(whole.stderr).toBe('');
    const steps = Number(/^steps (\d+)$/m.exec(whole.stdout)?.[1]);
    expect(steps).toBeGreaterThan(12);
    await removeOverlay(site.cache, site.change);
    expect(treeOf(site.cache)).toEqual(before);
    for (let at = 0; at < steps; at += 0.5) {
      const killed = await killedAt(site, 'apply', at);
      expect(killed.signal, `${at}: ${killed.stderr}`).toBe('SIGKILL');
      await recoverChanges(site.change);
      expect(treeOf(site.cache), `killed at ${at}`).toEqual(before);
      expect(mountsBelow(directory.path)).toEqual([]);
    }
  }, 120_000);
});
