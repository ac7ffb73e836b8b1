import { Histogram, type Registry } from 'prom-client';
import { durations } from '../sample-window.ts';
import type { Listeners } from '../subscribe.ts';
import { SeenSets } from './seen-sets.ts';

// From a page that is in memory to a disk behind a network that stands still.
const SECONDS = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
  0.5, 1, 2.5, 5,
];

/** What opening, mapping and reading took, as probes measured it. */
export function latencyMetrics(registry: Registry): Listeners {
  const shared = { buckets: SECONDS, registers: [registry] };
  const calls = new Histogram({
    ...shared,
    name: 'warmset_open_mmap_latency_seconds',
    help: 'What opening (call=open) and mapping (call=mmap) files of the set took.',
    labelNames: ['set', 'call'],
  });
  const reads = new Histogram({
    ...shared,
    name: 'warmset_device_read_latency_seconds',
    help: 'What single reads from the device that the set lies on took.',
    labelNames: ['set'],
  });
  const seen = new SeenSets();
  return {
    probe: ({ kind, set, milliseconds }) => {
      seen.add(set);
      for (const value of durations(milliseconds)) {
        if (kind === 'read') reads.observe({ set }, value / 1000);
        else calls.observe({ set, call: kind }, value / 1000);
      }
    },
    sweep: (report) => {
      for (const set of seen.gone(report)) {
        reads.remove({ set });
        for (const call of ['open', 'mmap']) calls.remove({ set, call });
      }
    },
  };
}
