import { Counter, Gauge, type Registry } from 'prom-client';
import type { FileStatus, SweepReport } from '../../keeper/types.ts';
import type { Listeners } from '../subscribe.ts';

/** Residency by file, of the first `limit` files of a sweep: urgent sets have theirs before others. */
export function fileMetrics(registry: Registry, limit: number): Listeners {
  const shared = { labelNames: ['set', 'file'], registers: [registry] };
  const size = new Gauge({
    ...shared,
    name: 'warmset_file_size_bytes',
    help: 'Length of the file. Only with file series switched on, as all of these.',
  });
  const resident = new Gauge({
    ...shared,
    name: 'warmset_file_resident_bytes',
    help: 'In the page cache. Absent while it is not known.',
  });
  const lost = new Counter({
    ...shared,
    name: 'warmset_file_lost_bytes_total',
    help: 'Resident at one sweep and gone at a later one.',
  });
  const left = new Gauge({
    name: 'warmset_files_without_series',
    help: 'Files left out of the file series, because there are more than were allowed.',
    registers: [registry],
  });
  left.remove();
  const take = (report: SweepReport): void => {
    for (const metric of [size, resident, lost]) metric.reset();
    const files = withSets(report);
    for (const { set, file } of files.slice(0, limit)) {
      const labels = { set, file: file.path };
      size.set(labels, file.sizeBytes);
      if (file.residentBytes !== null) resident.set(labels, file.residentBytes);
      lost.inc(labels, file.lostBytes);
    }
    left.set(Math.max(files.length - limit, 0));
  };
  return { sweep: take, measured: take };
}

function withSets({ sets }: SweepReport): { readonly set: string; readonly file: FileStatus }[] {
  return sets.flatMap(({ name, files }) => files.map((file) => ({ set: name, file })));
}
