import type { Dashboard } from './model.ts';

const BUCKETS = '__name__=~"(vllm|sglang):time_to_first_token_seconds_bucket"';
const COUNT = '__name__=~"(vllm|sglang):time_to_first_token_seconds_count"';

export const models: Dashboard = {
  uid: 'warmset-models',
  title: 'warmset: models',
  description:
    'What users of each model wait for its first token, and how warm the sets are that it starts from.',
  bySet: true,
  rows: [
    {
      title: 'Time to first token, as the servers count it',
      panels: [0.5, 0.95, 0.99].map((share) => ({
        kind: 'timeseries' as const,
        title: `TTFT p${share * 100} by model`,
        description: 'Of all its servers together (vLLM, SGLang).',
        unit: 's' as const,
        width: 8,
        min: 0,
        queries: [
          {
            expr: `histogram_quantile(${share}, sum by (model_name, le) (rate({${BUCKETS}}[$__rate_interval])))`,
            legend: '{{model_name}}',
          },
        ],
      })),
    },
    {
      title: 'Servers and sets',
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests a second by model',
          description: 'That got a first token.',
          unit: 'short',
          width: 8,
          min: 0,
          queries: [
            { expr: `sum by (model_name) (rate({${COUNT}}[$__rate_interval]))`, legend: '{{model_name}}' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Servers by model',
          description: 'Those that Prometheus scrapes.',
          unit: 'short',
          width: 8,
          min: 0,
          queries: [
            {
              expr: `count by (model_name) (count by (model_name, instance) ({${COUNT}}))`,
              legend: '{{model_name}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Residency by set, the coldest node',
          description: 'A set is called as the configuration calls it: best like its model.',
          unit: 'percentunit',
          width: 8,
          min: 0,
          max: 1,
          queries: [
            {
              expr: 'min by (set) (warmset_cache_hit_ratio{instance=~"$instance",set=~"$set"})',
              legend: '{{set}}',
            },
          ],
        },
      ],
    },
  ],
};
