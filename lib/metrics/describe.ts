import type { Registry } from 'prom-client';

export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  /** Of the values, from the end of the name. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/_bytes_per_second$/, 'bytes a second'],
  [/_timestamp_seconds$/, 'seconds since 1970'],
  [/_seconds(_total)?$/, 'seconds'],
  [/_bytes(_total)?$/, 'bytes'],
  [/_ratio$/, '0 to 1'],
];

/** What a registry holds, whether or not there are series yet. */
export function describeMetrics(registry: Registry): MetricDescription[] {
  const described = registry.getMetricsAsArray().map((metric) => {
    const { name, help } = metric;
    // prom-client keeps both on the metric itself, but its types name only one of them.
    const labels =
      'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [];
    const unit = UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? '';
    return { name, type: String(metric.type), unit, labels, help };
  });
  return described.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The table of `docs/metrics.md`. */
export function metricsTable(registry: Registry): string {
  const rows = describeMetrics(registry).map(({ name, type, unit, labels, help }) => {
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${unit} | ${shown} | ${help.replaceAll('|', '\\|')} |`;
  });
  return ['| Name | Type | Unit | Labels | Meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}
