import type { Dashboard, Panel, Query } from './model.ts';

const TTFT = '__name__=~"(vllm|sglang):time_to_first_token_seconds_bucket"';
const COUNT = '__name__=~"(vllm|sglang):time_to_first_token_seconds_count"';

/** The same of both sides, each with its own variable. */
function both(expr: (side: string) => string, legend: string, of: 'server' | 'node'): readonly Query[] {
  const suffix = of === 'server' ? '_server' : '';
  return (['canary', 'control'] as const).map((side) => ({
    expr: expr(`instance=~"$${side}${suffix}"`),
    legend: `${side}${legend === '' ? '' : ` ${legend}`}`,
  }));
}

function panel(
  title: string,
  description: string,
  unit: Panel['unit'],
  queries: readonly Query[],
  more: Partial<Pick<Panel, 'max'>> = {},
): Panel {
  return { kind: 'timeseries', title, description, unit, width: 12, min: 0, queries, ...more };
}

const quantile =
  (share: number) =>
  (side: string): string =>
    `histogram_quantile(${share}, sum by (le) (rate({${TTFT},${side}}[$__rate_interval])))`;

export const canary: Dashboard = {
  uid: 'warmset-canary',
  file: 'canary',
  title: 'warmset: canary against control',
  description:
    'What the gates of warmset rollout check look at, of both sides. Choose servers and keepers of each above.',
  bySet: false,
  compared: true,
  rows: [
    {
      title: 'Time to first token',
      panels: [
        panel('TTFT p95', 'Of all replicas of a side together.', 's', both(quantile(0.95), '', 'server')),
        panel('TTFT p99', 'The tail: what p95 says nothing of.', 's', both(quantile(0.99), '', 'server')),
        panel('TTFT p95 by replica of the canary', 'All together hide one that is bad.', 's', [
          {
            expr: `histogram_quantile(0.95, sum by (instance, le) (rate({${TTFT},instance=~"$canary_server"}[$__rate_interval])))`,
            legend: '{{instance}}',
          },
        ]),
        panel(
          'Requests by replica',
          'A canary that is asked for less is fast, and proves nothing by it.',
          'short',
          both(
            (side) => `sum(rate({${COUNT},${side}}[$__rate_interval])) / count({${COUNT},${side}})`,
            '',
            'server',
          ),
        ),
      ],
    },
    {
      title: 'Residency and storage',
      panels: [
        panel(
          'Residency',
          'The share of the coldest set of a side. Absent where nobody may ask.',
          'percentunit',
          both((side) => `min(warmset_cache_hit_ratio{${side}})`, '', 'node'),
          { max: 1 },
        ),
        panel(
          'NVMe read p95',
          'What single reads from the device took, of the slowest node of a side.',
          'ms',
          both((side) => `max(nvme_read_p95_ms{${side}})`, '', 'node'),
        ),
        panel(
          'NVMe-oF reconnects in the last hour',
          'Absent where no controller is remote.',
          'short',
          both((side) => `sum(increase(warmset_nvmeof_reconnects_total{${side}}[1h]))`, '', 'node'),
        ),
        panel(
          'NVMe-oF paths that live',
          'Share of the paths of a side. Absent where no controller is remote.',
          'percentunit',
          both((side) => `avg(warmset_nvmeof_path_live{${side}})`, '', 'node'),
          { max: 1 },
        ),
      ],
    },
    {
      title: 'Guard and fill',
      panels: [
        panel(
          'Share of the time that fills were paused or stopped',
          'Reading on would have hurt others. Not counted while the keeper is stopped.',
          'percentunit',
          both(
            (side) =>
              `sum(rate(warmset_guard_seconds_total{action=~"pause|stop",${side}}[$__rate_interval])) / (sum(rate(warmset_guard_seconds_total{${side}}[$__rate_interval])) > 0)`,
            '',
            'node',
          ),
        ),
        panel(
          'Read by fills',
          'Bytes a second, all sets of a side.',
          'Bps',
          both((side) => `sum(rate(warmset_fill_bytes_total{${side}}[$__rate_interval]))`, '', 'node'),
        ),
      ],
    },
  ],
};
