import { Counter, Gauge, type Registry } from 'prom-client';
import type { SetStatus, SweepReport } from '../../keeper/types.ts';
import type { Listeners } from '../subscribe.ts';

/** Residency by set, as it was measured last. */
export function setMetrics(registry: Registry): Listeners {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['set'], registers });
  const gauges: readonly [Gauge<'set'>, (set: SetStatus) => number | null][] = [
    [gauge('warmset_target_bytes', 'What the set holds, holes left out.'), ({ targetBytes }) => targetBytes],
    [
      gauge(
        'warmset_resident_bytes',
        'In the page cache, of the files whose residency is known. Absent while none is.',
      ),
      (set) => (set.hitRatio === null && set.unknownFiles > 0 ? null : set.residentBytes),
    ],
    [
      gauge(
        'warmset_allowed_bytes',
        'What may be resident of this set now: budget, quota and more urgent sets.',
      ),
      ({ allowedBytes }) => allowedBytes,
    ],
    [
      gauge('warmset_cache_hit_ratio', 'Resident share of the bytes that are known. Absent while none is.'),
      ({ hitRatio }) => hitRatio,
    ],
    [gauge('warmset_files', 'Files of the set.'), ({ files }) => files.length],
    [
      gauge('warmset_unknown_files', 'Files of the set whose residency nobody could be asked for.'),
      ({ unknownFiles }) => unknownFiles,
    ],
    [
      gauge('warmset_failed_files', 'Files of the set that could not be read or measured.'),
      ({ failedFiles }) => failedFiles,
    ],
  ];
  const lost = new Counter({
    name: 'warmset_lost_bytes_total',
    help: 'Resident at one sweep and gone at a later one.',
    labelNames: ['set'],
    registers,
  });
  const take = ({ sets }: SweepReport): void => {
    for (const [metric, read] of gauges) {
      metric.reset();
      for (const set of sets) {
        const value = read(set);
        if (value !== null && Number.isFinite(value)) metric.set({ set: set.name }, value);
      }
    }
    // The keeper counts this itself, since it began: the total is taken over, not added up once more.
    lost.reset();
    for (const { name, lostBytes } of sets) lost.inc({ set: name }, lostBytes);
  };
  return { sweep: take, measured: take };
}
