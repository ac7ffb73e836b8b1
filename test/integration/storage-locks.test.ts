import { expect, it } from 'vitest';
import { applyOverlay, removeOverlay } from '../../lib/storage/overlay/index.ts';
import { describeWith, overlayMount, root } from '../support/capabilities.ts';
import { type LayerSite, layerSite } from '../support/layers.ts';
import { run, start } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

// Takes the lock and holds it until its input ends. `how` is what open(2) is told.
const HOLD = `
import fcntl, os, sys
f = os.open(sys.argv[1], os.O_RDONLY if sys.argv[2] == 'read' else os.O_RDWR)
(fcntl.flock if sys.argv[3] == 'flock' else fcntl.lockf)(f, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdin.read()`;

// Writes first, which copies a file of the base up, then asks for the lock.
const TRY = `
import fcntl, os, sys
f = os.open(sys.argv[1], os.O_RDWR)
os.write(f, b'x')
try:
    (fcntl.flock if sys.argv[2] == 'flock' else fcntl.lockf)(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    print('got it')
except OSError:
    print('excluded')`;

async function tryLock(file: string, kind: string): Promise<string> {
  return (await run('python3', ['-c', TRY, file, kind])).stdout.trim();
}

async function withOverlay(body: (site: LayerSite) => Promise<void>): Promise<void> {
  await using directory = await temporaryDirectory('locks');
  const site = await layerSite(directory.path);
  await applyOverlay(site.cache, site.options, site.change);
  await body(site);
  await removeOverlay(site.cache, site.change);
}

describeWith([root, overlayMount], 'locks of two processes through an overlay', () => {
  const CASES = [
    ['flock', 'read', 'hub/shared.txt', 'a file of the base, opened for reading before it was copied up'],
    ['flock', 'write', 'hub/shared.txt', 'a file of the base, opened for writing'],
    ['lockf', 'write', 'hub/shared.txt', 'a file of the base, by POSIX locks'],
    ['flock', 'write', 'hub/mine', 'a file of this node'],
    ['flock', 'write', 'hub/.locks/own.lock', 'a lock file in a local directory'],
    ['lockf', 'write', 'hub/.locks/own.lock', 'the same by POSIX locks'],
  ] as const;
  for (const [kind, how, name, what] of CASES) {
    it(`exclude each other: ${what}`, () =>
      withOverlay(async ({ cache }) => {
        const file = `${cache}/${name}`;
        const holder = start('python3', ['-c', HOLD, file, how, kind]);
        try {
          await holder.saw(/held/);
          expect(await tryLock(file, kind)).toBe('excluded');
        } finally {
          await holder.stop();
        }
        expect(await tryLock(file, kind)).toBe('got it');
      }));
  }

  it('exclude nobody who opens the base itself: why locks are kept local', () =>
    withOverlay(async ({ cache, base }) => {
      const holder = start('python3', ['-c', HOLD, `${cache}/hub/shared.txt`, 'read', 'flock']);
      try {
        await holder.saw(/held/);
        expect(await tryLock(`${base}/hub/shared.txt`, 'flock')).toBe('got it');
      } finally {
        await holder.stop();
      }
    }));
});
