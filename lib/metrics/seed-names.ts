import type { SetStatus } from '../keeper/types.ts';
import type { Health, KeeperView } from './types.ts';

/** The four figures by which a deployment is judged, under the names that `deploy/prometheus/rules.yml` records too. */
export interface SeedNames {
  /** Resident share of all sets' bytes, of the files that are known. 0 to 1. */
  readonly cache_hit_ratio: number | null;
  /** Of the latest open and mmap calls together, milliseconds. */
  readonly open_mmap_latency_p95_ms: number | null;
  /** Of the latest single device reads, milliseconds. */
  readonly nvme_read_p95_ms: number | null;
  /** Always `null` here: a keeper sends no requests. Prometheus has it from the server's own histogram. */
  readonly ttft_p95_ms: null;
}

export function seedNames(view: KeeperView): SeedNames {
  return {
    cache_hit_ratio: view.sweep === null ? null : residentShare(view.sweep.sets),
    open_mmap_latency_p95_ms: view.latency.openMmap?.p95Ms ?? null,
    nvme_read_p95_ms: view.latency.read?.p95Ms ?? null,
    ttft_p95_ms: null,
  };
}

/** Of several sets, over the bytes that are known; `null` where none is. 0 to 1. */
export function residentShare(sets: readonly SetStatus[]): number | null {
  const known = sets.reduce((sum, { knownBytes }) => sum + knownBytes, 0);
  const resident = sets.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  return known === 0 ? null : Math.min(resident / known, 1);
}

/** The JSON document of `/status.json` and `keep --status`: plain ASCII, what isn't known is `null`. */
export function statusDocument(view: KeeperView, health: Health, space?: number): string {
  const document = { schema: 'warmset.keep/1', ...seedNames(view), health, ...view };
  return JSON.stringify(document, null, space).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
