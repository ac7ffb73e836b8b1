import type { Dashboard } from './model.ts';

const NODES = 'instance=~"$instance"';

export const guard: Dashboard = {
  uid: 'warmset-guard',
  title: 'warmset: guard and fill',
  description: 'What the guard says and why, how fast fills read, and what the budget comes from.',
  bySet: false,
  rows: [
    {
      title: 'Guard',
      panels: [
        {
          kind: 'timeseries',
          title: 'Share of the time under each verdict',
          description:
            'Slow, pause and stop: reading on would hurt others. Not counted while the keeper is stopped.',
          unit: 'percentunit',
          width: 12,
          min: 0,
          stacked: true,
          queries: [
            {
              expr: `sum by (action) (rate(warmset_guard_seconds_total{${NODES}}[$__rate_interval])) / scalar(sum(rate(warmset_guard_seconds_total{${NODES}}[$__rate_interval])) > 0)`,
              legend: '{{action}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Why it spoke',
          description: 'Verdicts that began in the last hour, by reason.',
          unit: 'short',
          width: 12,
          min: 0,
          queries: [
            {
              expr: `sum by (action, reason) (increase(warmset_guard_verdicts_total{${NODES}}[1h]))`,
              legend: '{{action}} {{reason}}',
            },
          ],
        },
        {
          kind: 'table',
          title: 'Now',
          description: 'The verdict of each node.',
          unit: 'short',
          width: 12,
          queries: [
            {
              expr: `max by (instance, action) (warmset_guard_verdict{${NODES}} == 1)`,
              legend: '',
              instant: true,
            },
          ],
        },
        {
          kind: 'table',
          title: 'What holds refills back now',
          description: 'Empty while nothing is missing.',
          unit: 'short',
          width: 12,
          queries: [
            {
              expr: `max by (instance, reason) (warmset_refill_held{${NODES}} == 1)`,
              legend: '',
              instant: true,
            },
          ],
        },
      ],
    },
    {
      title: 'Fill',
      panels: [
        {
          kind: 'timeseries',
          title: 'Rate while filling',
          description:
            'Bytes read by the time that fills took, and the limit that the guard sets. No limit, no line.',
          unit: 'Bps',
          width: 12,
          min: 0,
          queries: [
            {
              expr: `sum by (instance) (rate(warmset_fill_bytes_total{${NODES}}[$__rate_interval])) / (sum by (instance) (rate(warmset_fill_seconds_total{${NODES}}[$__rate_interval])) > 0)`,
              legend: '{{instance}}',
            },
            { expr: `warmset_rate_limit_bytes_per_second{${NODES}}`, legend: '{{instance}} limit' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Sweeps (p95)',
          description: 'Measuring, filling and verifying all sets once.',
          unit: 's',
          width: 12,
          min: 0,
          queries: [
            {
              expr: `histogram_quantile(0.95, sum by (instance, le) (rate(warmset_sweep_duration_seconds_bucket{${NODES}}[$__rate_interval])))`,
              legend: '{{instance}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'State',
          description: 'Share of keepers in each state.',
          unit: 'percentunit',
          width: 12,
          min: 0,
          max: 1,
          stacked: true,
          queries: [{ expr: `avg by (state) (warmset_keeper_state{${NODES}})`, legend: '{{state}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Problems of the last hour',
          description: 'Failures that the keeper lives on with, by code. Told when one begins.',
          unit: 'short',
          width: 12,
          min: 0,
          queries: [
            {
              expr: `sum by (instance, code) (increase(warmset_problems_total{${NODES}}[1h]))`,
              legend: '{{instance}} {{code}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Budget and configuration',
      panels: [
        {
          kind: 'timeseries',
          title: 'Budget',
          description: 'What all sets together may have resident.',
          unit: 'bytes',
          width: 8,
          min: 0,
          queries: [{ expr: `warmset_budget_bytes{${NODES}}`, legend: '{{instance}}' }],
        },
        {
          kind: 'table',
          title: 'Which limit binds',
          description: 'Where the budget comes from.',
          unit: 'short',
          width: 8,
          queries: [
            {
              expr: `max by (instance, limit) (warmset_budget_limit{${NODES}} == 1)`,
              legend: '',
              instant: true,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Hits of the watched server',
          description:
            'Estimated share of its reads that came from the page cache. Absent while it reads nothing, and without `watch`.',
          unit: 'percentunit',
          width: 8,
          min: 0,
          max: 1,
          queries: [{ expr: `warmset_server_cache_hit_estimate_ratio{${NODES}}`, legend: '{{instance}}' }],
        },
      ],
    },
  ],
};
