import type { Dashboard } from './model.ts';

const NODES = 'instance=~"$instance"';
const PER_SET = '{{instance}} {{set}}';

export const overview: Dashboard = {
  uid: 'warmset-overview',
  title: 'warmset: overview',
  description: 'Whether the sets of all nodes are resident, and what keeps those that are not from it.',
  bySet: false,
  rows: [
    {
      title: 'Now',
      panels: [
        {
          kind: 'stat',
          title: 'Resident',
          description: 'Resident share of all bytes whose residency is known, all sets of all chosen nodes.',
          unit: 'percentunit',
          width: 5,
          min: 0,
          max: 1,
          steps: [
            { value: null, color: 'red' },
            { value: 0.9, color: 'yellow' },
            { value: 0.95, color: 'green' },
          ],
          queries: [
            {
              expr: `sum(warmset_resident_bytes{${NODES}}) / sum(warmset_target_bytes{${NODES}} and warmset_resident_bytes{${NODES}})`,
              legend: '',
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Keepers that answer',
          description: 'Of those that Prometheus scrapes.',
          unit: 'short',
          width: 5,
          queries: [{ expr: `count(warmset_build_info{${NODES}})`, legend: '' }],
        },
        {
          kind: 'stat',
          title: 'Keepers that are stopped',
          description: 'For whatever reason; disabled and other-keeper are wanted.',
          unit: 'short',
          width: 5,
          steps: [
            { value: null, color: 'green' },
            { value: 1, color: 'yellow' },
          ],
          queries: [{ expr: `sum(warmset_keeper_state{state="stopped",${NODES}})`, legend: '' }],
        },
        {
          kind: 'stat',
          title: 'Sets that are short',
          description: 'Below 95 % of what is both wanted and allowed.',
          unit: 'short',
          width: 5,
          steps: [
            { value: null, color: 'green' },
            { value: 1, color: 'yellow' },
          ],
          queries: [{ expr: `sum(warmset:set_short{${NODES}})`, legend: '' }],
        },
        {
          kind: 'stat',
          title: 'Oldest sweep',
          description: 'What is known of residency is as old.',
          unit: 's',
          width: 4,
          steps: [
            { value: null, color: 'green' },
            { value: 900, color: 'red' },
          ],
          queries: [{ expr: `time() - min(warmset_last_sweep_timestamp_seconds{${NODES}})`, legend: '' }],
        },
      ],
    },
    {
      title: 'The four figures',
      panels: [
        {
          kind: 'timeseries',
          title: 'cache_hit_ratio',
          description: 'Resident share by set. Absent where nobody may ask.',
          unit: 'percentunit',
          width: 12,
          min: 0,
          max: 1,
          queries: [{ expr: `cache_hit_ratio{${NODES}}`, legend: PER_SET }],
        },
        {
          kind: 'timeseries',
          title: 'ttft_p95_ms',
          description:
            'Time to first token, from the servers themselves (vLLM, SGLang). A keeper sends no requests.',
          unit: 'ms',
          width: 12,
          min: 0,
          queries: [{ expr: 'ttft_p95_ms', legend: '{{server}} {{instance}} {{model_name}}' }],
        },
        {
          kind: 'timeseries',
          title: 'open_mmap_latency_p95_ms',
          description: 'What opening and mapping files of the set took.',
          unit: 'ms',
          width: 12,
          min: 0,
          queries: [{ expr: `open_mmap_latency_p95_ms{${NODES}}`, legend: PER_SET }],
        },
        {
          kind: 'timeseries',
          title: 'nvme_read_p95_ms',
          description: 'What single reads from the device took.',
          unit: 'ms',
          width: 12,
          min: 0,
          queries: [{ expr: `nvme_read_p95_ms{${NODES}}`, legend: '{{instance}}' }],
        },
      ],
    },
    {
      title: 'Keepers',
      panels: [
        {
          kind: 'table',
          title: 'Sets',
          description: 'Resident share of each set, the coldest first.',
          unit: 'percentunit',
          width: 12,
          queries: [
            {
              expr: `sort(max by (instance, set) (warmset_cache_hit_ratio{${NODES}}))`,
              legend: '',
              instant: true,
            },
          ],
        },
        {
          kind: 'table',
          title: 'What runs',
          description: 'Versions of warmset, Node and the kernel.',
          unit: 'short',
          width: 12,
          queries: [
            {
              expr: `max by (instance, version, node, kernel) (warmset_build_info{${NODES}})`,
              legend: '',
              instant: true,
            },
          ],
        },
      ],
    },
  ],
};
