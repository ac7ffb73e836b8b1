import { release } from 'node:os';
import { Gauge, Registry } from 'prom-client';
import { fileMetrics } from './instruments/files.ts';
import { fillMetrics } from './instruments/fills.ts';
import { guardMetrics } from './instruments/guard.ts';
import { keeperMetrics } from './instruments/keeper.ts';
import { latencyMetrics } from './instruments/latency.ts';
import { nvmeofMetrics } from './instruments/nvmeof.ts';
import { setMetrics } from './instruments/sets.ts';
import { subscribe } from './subscribe.ts';
import type { KeeperSource, NvmeofPathReading } from './types.ts';

export interface MetricsOptions {
  /** Of warmset, for `warmset_build_info`. @default 'unknown' */
  readonly version?: string;
  /**
   * How many files get series of their own, most urgent sets first. Each is three series: a Prometheus keeps them for
   * as long as it keeps anything. @default 0
   */
  readonly fileSeries?: number;
  /** Milliseconds of a monotonic clock. @default performance.now */
  readonly now?: () => number;
}

export interface Metrics extends Disposable {
  /** One of its own; prom-client's global one stays untouched. Other metrics may be registered beside. */
  readonly registry: Registry;
  /**
   * Takes what every NVMe-oF connection of this host is like now; those that are missing lose their series, but not
   * what was counted. Without a call there are none.
   */
  observeNvmeof(readings: readonly NvmeofPathReading[]): void;
  /** Unsubscribes. The registry stays readable, as it was. */
  close(): void;
}

/**
 * Counts what a keeper tells by its events. What isn't known has no series: an absent series is not a 0.
 * `docs/metrics.md` lists them all.
 */
export function createMetrics(source: KeeperSource, options: MetricsOptions = {}): Metrics {
  const { version = 'unknown', fileSeries = 0, now = () => performance.now() } = options;
  const registry = new Registry();
  const parts = [
    setMetrics(registry),
    fillMetrics(registry),
    latencyMetrics(registry),
    guardMetrics(registry, now),
    keeperMetrics(registry),
    ...(fileSeries > 0 ? [fileMetrics(registry, fileSeries)] : []),
  ];
  const observeNvmeof = nvmeofMetrics(registry);
  new Gauge({
    name: 'warmset_build_info',
    help: 'Always 1; its labels say what runs here.',
    labelNames: ['version', 'node', 'kernel'],
    registers: [registry],
  }).set({ version, node: process.versions.node, kernel: release() }, 1);
  const close = subscribe(source, parts);
  return { registry, observeNvmeof, close, [Symbol.dispose]: close };
}
