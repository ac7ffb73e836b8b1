import { Registry } from 'prom-client';
import {
  createMetrics,
  type Exporter,
  type ExporterLimits,
  type ExporterOptions,
  type Health,
  startExporter,
  watchKeeper,
} from '../../lib/metrics/index.ts';
import { FakeKeeper } from './fake-keeper.ts';

export interface ServedKeeper extends AsyncDisposable {
  readonly keeper: FakeKeeper;
  readonly clock: { ms: number };
  readonly exporter: Exporter;
  /** May be changed while it is served. */
  health: Health;
}

/** A fake keeper with metrics and an exporter at a free port of 127.0.0.1. */
export async function serveKeeper(limits: ExporterLimits = {}): Promise<ServedKeeper> {
  const keeper = new FakeKeeper();
  const clock = { ms: 0 };
  const now = (): number => clock.ms;
  const watch = watchKeeper(keeper, { now });
  const metrics = createMetrics(keeper, { now, version: '1.2.3', fileSeries: 10 });
  const served = { keeper, clock, health: { live: true, ready: true, reasons: [] } as Health };
  const exporter = await startExporter({
    host: '127.0.0.1',
    port: 0,
    registry: metrics.registry,
    status: () => watch.view(),
    healthy: () => served.health,
    limits,
  });
  return Object.assign(served, { exporter, [Symbol.asyncDispose]: () => exporter.close() });
}

export function portOf({ exporter: { address } }: ServedKeeper): number {
  if ('socketPath' in address) throw new Error('a port was expected');
  return address.port;
}

/** What an exporter needs, over a keeper that says nothing. */
export function exporterOptions(over: Partial<ExporterOptions> = {}): ExporterOptions {
  const watch = watchKeeper(new FakeKeeper());
  return {
    host: '127.0.0.1',
    port: 0,
    registry: new Registry(),
    status: () => watch.view(),
    healthy: () => ({ live: true, ready: true, reasons: [] }),
    ...over,
  } as ExporterOptions;
}
