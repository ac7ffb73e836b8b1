import { createReadStream } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { resolveTargets, warm } from 'warmset';

const IDLE_MS = 1000;

/** How late a timer of 1 ms is while something goes on; the histogram's values contain that millisecond. */
export async function eventLoop(words: readonly string[]): Promise<object> {
  const [who = '', ...targets] = words;
  const set = await resolveTargets(targets);
  // What the library loads at its first call isn't part of a fill in a service that runs.
  await warm({ ...set, files: [] }, { priority: 'normal' });
  await delay(100);
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  const started = performance.now();
  histogram.enable();
  if (who === 'idle') await delay(IDLE_MS);
  else if (who === 'streams') for (const { path } of set.files) await readStream(path);
  else await warm(set, { priority: 'normal' });
  histogram.disable();
  const seconds = (performance.now() - started) / 1000;
  const at = (percentile: number): number => histogram.percentile(percentile) / 1e9;
  return { seconds, p50: at(50), p99: at(99), most: histogram.max / 1e9 };
}

async function readStream(path: string): Promise<void> {
  for await (const _chunk of createReadStream(path, { highWaterMark: 1024 ** 2 })) {
    // Read and forgotten.
  }
}
