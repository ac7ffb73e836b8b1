import type { Dashboard } from './model.ts';

const CHOSEN = 'instance=~"$instance",set=~"$set"';
const PER_SET = '{{instance}} {{set}}';

export const sets: Dashboard = {
  uid: 'warmset-sets',
  title: 'warmset: sets',
  description: 'What a set holds, what of it may be resident and is, and what it loses.',
  bySet: true,
  rows: [
    {
      title: 'Residency',
      panels: [
        {
          kind: 'timeseries',
          title: 'Resident, allowed and wanted',
          description:
            'Resident below allowed: something holds the fill back. Allowed below wanted: the budget.',
          unit: 'bytes',
          width: 24,
          min: 0,
          queries: [
            { expr: `warmset_resident_bytes{${CHOSEN}}`, legend: `${PER_SET} resident` },
            { expr: `warmset_allowed_bytes{${CHOSEN}}`, legend: `${PER_SET} allowed` },
            { expr: `warmset_target_bytes{${CHOSEN}}`, legend: `${PER_SET} wanted` },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Share of the time that it was short',
          description: 'Of the last hour, below 95 % of what is wanted and allowed. The objective is 2 %.',
          unit: 'percentunit',
          width: 12,
          min: 0,
          max: 1,
          queries: [{ expr: `avg_over_time(warmset:set_short{${CHOSEN}}[1h])`, legend: PER_SET }],
        },
        {
          kind: 'timeseries',
          title: 'Files that can not be read or asked about',
          description:
            'Failed: their errors stand on the status page. Unknown: nobody may ask for their residency.',
          unit: 'short',
          width: 12,
          min: 0,
          queries: [
            { expr: `warmset_failed_files{${CHOSEN}}`, legend: `${PER_SET} failed` },
            { expr: `warmset_unknown_files{${CHOSEN}}`, legend: `${PER_SET} unknown` },
          ],
        },
      ],
    },
    {
      title: 'Loss and refill',
      panels: [
        {
          kind: 'timeseries',
          title: 'Lost',
          description: 'Resident at one sweep and gone at a later one.',
          unit: 'Bps',
          width: 12,
          min: 0,
          queries: [{ expr: `rate(warmset_lost_bytes_total{${CHOSEN}}[$__rate_interval])`, legend: PER_SET }],
        },
        {
          kind: 'timeseries',
          title: 'Read by fills',
          description: 'Lost again: read by a fill and gone before that fill had ended.',
          unit: 'Bps',
          width: 12,
          min: 0,
          queries: [
            { expr: `rate(warmset_fill_bytes_total{${CHOSEN}}[$__rate_interval])`, legend: PER_SET },
            {
              expr: `rate(warmset_fill_lost_bytes_total{${CHOSEN}}[$__rate_interval])`,
              legend: `${PER_SET} lost again`,
            },
          ],
        },
      ],
    },
    {
      title: 'Latency',
      panels: [
        {
          kind: 'timeseries',
          title: 'Opening and mapping',
          description: 'Median and p95, open and mmap together.',
          unit: 's',
          width: 12,
          min: 0,
          queries: [0.5, 0.95].map((share) => ({
            expr: `histogram_quantile(${share}, sum by (instance, set, le) (rate(warmset_open_mmap_latency_seconds_bucket{${CHOSEN}}[$__rate_interval])))`,
            legend: `${PER_SET} p${share * 100}`,
          })),
        },
        {
          kind: 'timeseries',
          title: 'Device reads',
          description: 'Median and p95 of single reads from the device that the set lies on.',
          unit: 's',
          width: 12,
          min: 0,
          queries: [0.5, 0.95].map((share) => ({
            expr: `histogram_quantile(${share}, sum by (instance, set, le) (rate(warmset_device_read_latency_seconds_bucket{${CHOSEN}}[$__rate_interval])))`,
            legend: `${PER_SET} p${share * 100}`,
          })),
        },
      ],
    },
    {
      title: 'Files, where the configuration asks for their series',
      panels: [
        {
          kind: 'timeseries',
          title: 'The ten coldest files',
          description: 'Absent unless `files: true` stands by the set.',
          unit: 'percentunit',
          width: 12,
          min: 0,
          max: 1,
          queries: [
            {
              expr: `bottomk(10, warmset_file_resident_bytes{${CHOSEN}} / warmset_file_size_bytes{${CHOSEN}})`,
              legend: '{{instance}} {{file}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'The ten files that lose most',
          description: 'Absent unless `files: true` stands by the set.',
          unit: 'Bps',
          width: 12,
          min: 0,
          queries: [
            {
              expr: `topk(10, rate(warmset_file_lost_bytes_total{${CHOSEN}}[$__rate_interval]))`,
              legend: '{{instance}} {{file}}',
            },
          ],
        },
      ],
    },
  ],
};
