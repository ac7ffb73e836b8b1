import { breakPaths } from './chapters/broken-path.ts';
import { connectPaths } from './chapters/connect.ts';
import { underBothReclaims } from './chapters/generations.ts';
import { layCache } from './chapters/layers.ts';
import { warmUnderLimits } from './chapters/limits.ts';
import { warmThroughOverlay } from './chapters/residency.ts';
import { keepInSlice } from './chapters/slice.ts';
import { slowDown } from './chapters/slow-disk.ts';
import { takeAway } from './chapters/take-away.ts';
import { check, sayEnd } from './checks.ts';

/**
 * What can't be tried on a machine whose kernel isn't ours: a namespace over NVMe/TCP from this machine to itself, an
 * overlay of it at a backend's path, cgroups of version 2, units under a systemd that is the first process, a disk that
 * becomes slow, and connections that break.
 */
async function scenario(): Promise<void> {
  const disk = await connectPaths();
  const delayed = await layCache(disk);
  await warmThroughOverlay();
  await warmUnderLimits(delayed.device);
  await underBothReclaims();
  await slowDown(delayed);
  await breakPaths();
  // Behind what depends on time: systemd goes on with services of its own once it was asked for one.
  await keepInSlice();
  await takeAway(delayed);
}

try {
  await scenario();
} catch (error) {
  // What prepares the next checks failed, so that they can't be made.
  await check('the scenario comes to its end', () => Promise.reject(error));
}
sayEnd();
