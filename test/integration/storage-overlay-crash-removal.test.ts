import { expect, it } from 'vitest';
import { recoverChanges } from '../../lib/change/index.ts';
import { applyOverlay, readOverlayStatus } from '../../lib/storage/overlay/index.ts';
import { describeWith, overlayMount, root } from '../support/capabilities.ts';
import { treeOf } from '../support/layer-trees.ts';
import { killedAt, layerSite } from '../support/layers.ts';
import { mountTable } from '../support/mount-table.ts';
import { temporaryDirectory } from '../support/temp.ts';

const TOO_FAR = 1000;

const mountsBelow = (at: string) => mountTable().filter((entry) => entry.path.startsWith(`${at}/`));

describeWith([root, overlayMount], 'the removal of an overlay that a crash ended', () => {
  it('is ended by recover, whichever step it had come to', async () => {
    await using directory = await temporaryDirectory('crash');
    const site = await layerSite(directory.path);
    const before = treeOf(site.cache);
    await applyOverlay(site.cache, site.options, site.change);
    const whole = await killedAt(site, 'remove', TOO_FAR);
    const steps = Number(/^steps (\d+)$/m.exec(whole.stdout)?.[1]);
    expect(steps).toBeGreaterThan(12);
    // After a step was undone and before that is written down: what comes before the next is the same but for a line.
    for (const at of [0, ...Array.from({ length: steps }, (_, step) => step + 0.5)]) {
      await applyOverlay(site.cache, site.options, site.change);
      expect((await readOverlayStatus(site.cache, site.change)).aside.files).toBe(1);
      const killed = await killedAt(site, 'remove', at);
      expect(killed.signal, `${at}: ${killed.stderr}`).toBe('SIGKILL');
      await recoverChanges(site.change);
      const after = treeOf(site.cache);
      expect(after.map(untimed), `killed at ${at}`).toEqual(before.map(untimed));
      expect(mountsBelow(directory.path)).toEqual([]);
    }
  }, 120_000);
});

/** Once it was mounted, a directory's time may be that of the crash: nobody can tell it from the backend's. */
function untimed(line: string): string {
  return /\s4\d{4,5}\s/.test(line) ? line.replace(/ \d{16,} $/, ' ') : line;
}
