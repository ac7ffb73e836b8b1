import { open, stat } from 'node:fs/promises';
import { Bench } from 'tinybench';
import { cachestat, features, getIoPriority, mincore, statfsMagic } from 'warmset/native';
import type { MicroCall } from './micro-calls.ts';
import { scrapeOf } from './scrape.ts';

const NORMAL = { priority: 'normal' } as const;

export async function micro(words: readonly string[]): Promise<object> {
  const [id = '', path = '', milliseconds = ''] = words;
  await using handle = await open(path);
  const calls: Readonly<Record<MicroCall, () => unknown>> = {
    features: () => features(),
    'get-io-priority': () => getIoPriority(),
    'statfs-magic': () => statfsMagic(path, NORMAL),
    cachestat: () => cachestat(path, NORMAL),
    'cachestat-fd': () => cachestat(handle.fd, NORMAL),
    mincore: () => mincore(path, NORMAL),
    'fs-stat': () => stat(path),
    scrape: scrapeOf(0),
    'scrape-files': scrapeOf(1_000),
  };
  const bench = new Bench({ time: Number(milliseconds), warmupTime: 100 });
  const call = calls[id as MicroCall];
  bench.add(id, call);
  await bench.run();
  const [task] = bench.tasks;
  if (task?.result.state !== 'completed') throw new Error(`${id}: ${task?.result.state}`);
  const { latency } = task.result;
  return { median: latency.p50 / 1000, p99: latency.p99 / 1000, calls: latency.samplesCount };
}
