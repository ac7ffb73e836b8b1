import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { BARE_ENVIRONMENT, startCli } from './cli.ts';
import type { TemporaryDirectory } from './temp.ts';

export interface ScrapedKeeper extends AsyncDisposable {
  /** `host:port` where a Prometheus finds it. */
  readonly address: string;
}

/**
 * `warmset keep` with a port of its own, and a lock of its own: a node has one keeper, and a test may play several nodes.
 *
 * @param config `warmset.yaml`, of which JSON is a part
 */
export async function startScrapedKeeper(
  directory: TemporaryDirectory,
  name: string,
  config: string,
): Promise<ScrapedKeeper> {
  const file = directory.file(`${name}.yaml`);
  await writeFile(file, config);
  const keeper = await startCli(['keep', '--config', file, '--listen', '127.0.0.1:0'], {
    env: { ...BARE_ENVIRONMENT, WARMSET_LOCK_DIRECTORY: directory.file(`${name}.lock`) },
  });
  let over = false;
  const end = () => {
    over = true;
  };
  void keeper.ended.then(end, end);
  for (const limit = performance.now() + 15_000; performance.now() < limit; await delay(20)) {
    const address = /url=http:\/\/(\S+)/.exec(keeper.stderr)?.[1];
    if (address !== undefined) return { address, [Symbol.asyncDispose]: () => keeper.stop() };
    if (over) break;
  }
  await keeper.stop();
  throw new Error(`the keeper ${name} didn't say where it listens\n${keeper.stderr}`);
}
