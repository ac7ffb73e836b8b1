import { Counter, type Registry } from 'prom-client';
import type { Listeners } from '../subscribe.ts';
import { SeenSets } from './seen-sets.ts';

/** What fills read and how long they took. */
export function fillMetrics(registry: Registry): Listeners {
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['set'], registers: [registry] });
  const bytes = counter('warmset_fill_bytes_total', 'Read by fills.');
  const seconds = counter('warmset_fill_seconds_total', 'Time that fills took.');
  const lost = counter(
    'warmset_fill_lost_bytes_total',
    'Read by a fill and gone again before the fill ended.',
  );
  const seen = new SeenSets();
  return {
    fill: (fill) => {
      const labels = { set: fill.set };
      seen.add(fill.set);
      bytes.inc(labels, fill.readBytes);
      seconds.inc(labels, fill.seconds);
      lost.inc(labels, fill.lostBytes);
    },
    sweep: (report) => {
      for (const set of seen.gone(report))
        for (const metric of [bytes, seconds, lost]) metric.remove({ set });
    },
  };
}
