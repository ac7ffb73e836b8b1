import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface MadeServer extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
}

/** Tells a registry's series to a Prometheus, as a model server or an exporter would. @param before each scrape */
export async function startMadeServer(registry: Registry, before: () => void): Promise<MadeServer> {
  const server = createServer((_request, response) => {
    before();
    registry.metrics().then(
      (text) => response.setHeader('content-type', registry.contentType).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// The bounds that vLLM counts in.
const BOUNDS = [0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The histogram of the time to first token, by its name in that server. Give the result seconds to count. */
export function madeTtft(
  registry: Registry,
  server: 'vllm' | 'sglang',
  model: string,
): (seconds: number) => void {
  // Behind one port vLLM may have several engines; SGLang's series know none.
  const labels = server === 'vllm' ? { model_name: model, engine: '0' } : { model_name: model };
  const histogram = new Histogram({
    name: `${server}:time_to_first_token_seconds`,
    help: 'Time to first token.',
    labelNames: Object.keys(labels),
    buckets: BOUNDS,
    registers: [registry],
  });
  return (seconds) => histogram.observe(labels, seconds);
}

export interface MadePath {
  live(yes: boolean): void;
  reconnected(): void;
}

/** What a node tells of a remote controller. */
export function madeNvmeofPath(registry: Registry, controller: string): MadePath {
  const registers = [registry];
  const labelNames = ['controller'];
  const reconnects = new Counter({
    name: 'warmset_nvmeof_reconnects_total',
    help: 'Reconnects.',
    labelNames,
    registers,
  });
  const live = new Gauge({
    name: 'warmset_nvmeof_path_live',
    help: '1 while it works.',
    labelNames,
    registers,
  });
  reconnects.inc({ controller }, 0);
  live.set({ controller }, 1);
  return {
    live: (yes) => live.set({ controller }, yes ? 1 : 0),
    reconnected: () => reconnects.inc({ controller }),
  };
}
