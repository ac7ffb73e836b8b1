// Prints how much of some files is resident, every few seconds, until stopped: a cache-hit panel in ten lines.
//   node examples/watch-residency.mjs /models/llama
import { setTimeout as delay } from 'node:timers/promises';
import { residency, resolveTargets } from 'warmset';

const targets = process.argv.slice(2);
if (targets.length === 0) {
  console.error('usage: node watch-residency.mjs TARGET...');
  process.exit(2);
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

while (!stop.signal.aborted) {
  const set = await resolveTargets(targets);
  const { total } = await residency(set);
  const share = total.cacheHitRatio === null ? 'unknown' : `${(total.cacheHitRatio * 100).toFixed(1)} %`;
  console.log(`${new Date().toISOString()}  ${share}  ${total.residentBytes} of ${total.size} bytes`);
  await delay(5000, undefined, { signal: stop.signal }).catch(() => undefined);
}
