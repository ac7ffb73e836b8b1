import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../config/index.ts';
import { measureShare } from '../../keeper/measure-share.ts';

// Seldom enough to cost nothing beside a fill that takes minutes.
const LOOK_EVERY_MS = 1000;

/**
 * Waits until the share is resident by another keeper's doing: an init container beside a node's own keeper has nothing
 * to fill, and its server may start as soon as the bytes are there.
 *
 * @throws the signal's reason when it is aborted
 */
export async function untilResident(config: Config, signal: AbortSignal): Promise<void> {
  for (;;) {
    const share = await measureShare(config, { signal });
    if (share !== null && share >= config.share) return;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
