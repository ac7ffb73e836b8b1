import { stringify } from 'yaml';
import { parseRollout, type RolloutFile, rolloutJsonSchema } from '../../lib/rollout/index.ts';
import { selectorOf } from '../../lib/rollout/prometheus/selector.ts';
import { type GateQuery, queriesOf } from './queries.ts';

const HEAD =
  '# Made by npm run docs:rollout from deploy/rollout/rollout.yaml; a test fails where it is out of date.\n';

function matchers(labels: Readonly<Record<string, string>>): string {
  return /\{(.*)\}$/.exec(selectorOf('x', labels))?.[1] ?? '';
}

/** Names and texts of the files that are made from the gates of a rollout. */
export function rolloutFiles(file: RolloutFile): readonly { readonly file: string; readonly text: string }[] {
  return [
    { file: 'deploy/rollout/argo-analysis-template.yaml', text: HEAD + yaml(argo(file)) },
    {
      file: 'deploy/rollout/flagger-metric-template.yaml',
      text: HEAD + flagger(file).map(yaml).join('---\n'),
    },
    { file: 'docs/rollout.schema.json', text: `${JSON.stringify(rolloutJsonSchema(), null, 2)}\n` },
  ];
}

function yaml(document: object): string {
  return stringify(document, { lineWidth: 0 });
}

export const ARGO_PLACES = {
  canaryServer: '{{args.canary-server}}',
  controlServer: '{{args.control-server}}',
  canaryNode: '{{args.canary-node}}',
} as const;

export function argoArguments({
  prometheus,
  canary,
  control,
}: RolloutFile): Readonly<Record<string, string>> {
  return {
    prometheus: prometheus.url,
    'canary-server': matchers(canary.server),
    'control-server': matchers(control.server),
    'canary-node': matchers(canary.node),
  };
}

function argo(file: RolloutFile): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: `warmset-${file.name}` },
    spec: {
      args: Object.entries(argoArguments(file)).map(([name, value]) => ({ name, value })),
      metrics: queriesOf(file, ARGO_PLACES).map((query) => ({
        name: query.name,
        // The queries look back by themselves: asked before that, they have too little.
        initialDelay: `${Math.round((file.during + file.settle) / 1000)}s`,
        failureLimit: 0,
        // Without a result, or with NaN, the condition doesn't hold: what isn't known is no pass.
        successCondition: `len(result) > 0 && ${condition(query)}`,
        provider: { prometheus: { address: '{{args.prometheus}}', query: query.expr } },
      })),
    },
  };
}

function condition({ most, least }: GateQuery): string {
  return most === null ? `result[0] >= ${least}` : `result[0] <= ${most}`;
}

export const FLAGGER_PLACES = {
  canaryServer: 'namespace="{{ namespace }}",pod=~"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"',
  controlServer: 'namespace="{{ namespace }}",pod=~"{{ target }}-primary-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"',
} as const;

function flagger(file: RolloutFile): readonly object[] {
  const places = { ...FLAGGER_PLACES, canaryNode: matchers(file.canary.node) };
  return queriesOf(file, places).map((query) => ({
    apiVersion: 'flagger.app/v1beta1',
    kind: 'MetricTemplate',
    metadata: {
      name: `warmset-${query.name}`,
      annotations: {
        'warmset.io/description': query.description,
        // A Canary has these under analysis.metrics; a template can't.
        'warmset.io/threshold-range': query.most === null ? `min: ${query.least}` : `max: ${query.most}`,
      },
    },
    spec: { provider: { type: 'prometheus', address: file.prometheus.url }, query: query.expr },
  }));
}

export const readFile = (text: string): RolloutFile => parseRollout(text, 'deploy/rollout/rollout.yaml');
