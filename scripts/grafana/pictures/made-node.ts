import { Registry } from 'prom-client';
import { seededRandom } from '../../../lib/probe/random.ts';
import {
  type MadePath,
  type MadeServer,
  madeNvmeofPath,
  madeTtft,
  startMadeServer,
} from '../../../test/support/made-server.ts';

/** What runs on a node beside its keeper: two servers that have answered requests, and a remote disk. All made. */
export interface MadeNode extends AsyncDisposable {
  /** `host:port` of each. */
  readonly vllm: string;
  readonly sglang: string;
  readonly fabrics: string;
  readonly path: MadePath;
}

/** @param seconds the median of the time to first token */
export async function startMadeNode(seed: number, seconds: number): Promise<MadeNode> {
  const fabrics = new Registry();
  const path = madeNvmeofPath(fabrics, 'nvme1');
  const servers: MadeServer[] = [
    await startServer('vllm', 'llama-8b', seed, seconds),
    await startServer('sglang', 'qwen3-8b', seed + 1, seconds * 0.7),
    await startMadeServer(fabrics, () => undefined),
  ];
  const [vllm, sglang, exporter] = servers.map(({ address }) => address);
  return {
    vllm: vllm ?? '',
    sglang: sglang ?? '',
    fabrics: exporter ?? '',
    path,
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}

/** Some twenty requests a scrape, whose times lie about the median and are now and then several times that. */
function startServer(
  server: 'vllm' | 'sglang',
  model: string,
  seed: number,
  seconds: number,
): Promise<MadeServer> {
  const registry = new Registry();
  const observe = madeTtft(registry, server, model);
  const random = seededRandom(seed);
  const uniform = () => (random.below(2 ** 32) + 0.5) / 2 ** 32;
  return startMadeServer(registry, () => {
    for (let request = 15 + random.below(10); request > 0; request -= 1) {
      const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
      observe(seconds * Math.exp(0.45 * normal));
    }
  });
}
