import { setTimeout as delay } from 'node:timers/promises';
import { lookOverHttp } from './http-look.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 1000;
const SLOWER = 1.25;
const PATIENCE_MS = 2000;

// What a server says that has no such path: the next one is asked then.
const NO_SUCH_PATH: readonly number[] = [404, 405, 501];

/**
 * Asks for these paths, the most telling first, until one answers 2xx; false when the signal came first.
 *
 * Somebody who answers so at the very first look was there before the server (its predecessor, say): the address is
 * believed only after nobody was there.
 */
export async function watchHttp(urls: readonly URL[], signal: AbortSignal): Promise<boolean> {
  let stranger = await isReady(urls, signal);
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * SLOWER, LONGEST_PAUSE_MS)) {
    await delay(pause, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const ready = await isReady(urls, signal);
    if (ready && !stranger) return true;
    if (!ready) stranger = false;
  }
  return false;
}

async function isReady(urls: readonly URL[], signal: AbortSignal): Promise<boolean> {
  for (const url of urls) {
    const look = await lookOverHttp(url, PATIENCE_MS, signal);
    if (look.state === 'silent') return false;
    if (!NO_SUCH_PATH.includes(look.status)) return look.status >= 200 && look.status < 300;
  }
  return false;
}
