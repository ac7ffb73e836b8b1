import type { Gate, RolloutFile } from '../../lib/rollout/index.ts';
import { selectorOf } from '../../lib/rollout/prometheus/selector.ts';
import { studentQuantile } from '../../lib/rollout/statistics/student.ts';

/** One number for those who judge by PromQL alone, and what it may be. */
export interface GateQuery {
  readonly name: string;
  readonly description: string;
  readonly expr: string;
  readonly most: number | null;
  readonly least: number | null;
}

/** What stands between the braces of a selector for each side, where the one who uses the template fills it in. */
export interface Places {
  readonly canaryServer: string;
  readonly controlServer: string;
  readonly canaryNode: string;
}

// An hour in twelve parts: with each its own rate, they hardly depend on each other.
const PARTS = 12;
const LEAST_PARTS = 10;

/** The gates of a rollout as PromQL: the same thresholds, and the same one-sided bound by the t of {@link PARTS} parts. */
export function queriesOf(file: RolloutFile, places: Places): readonly GateQuery[] {
  return file.gates.flatMap((gate) => queriesOfGate(gate, file, places));
}

function queriesOfGate(gate: Gate, file: RolloutFile, places: Places): readonly GateQuery[] {
  const all = seconds(file.during);
  const part = seconds(file.during / PARTS);
  const canary = at(gate.labels, places.canaryServer);
  const control = at(gate.labels, places.controlServer);
  const on = 'on' in gate && gate.on === 'server' ? canary : at(gate.labels, places.canaryNode);
  const query = (
    name: string,
    description: string,
    expr: string,
    most: number | null,
    least: number | null = null,
  ) => ({
    name,
    description,
    expr,
    most: most === null ? null : round(most),
    least: least === null ? null : round(least),
  });
  const bound = (log: string): string => upperBound(log, all, part, file.confidence);
  switch (gate.kind) {
    case 'latency': {
      const { metric, margin, tailMargin, tailQuantile, quantiles, replicaMargin } = gate;
      const buckets = (side: Place, by: string): string =>
        `sum by (${by}) (rate(${side(`${metric}_bucket`)}[${part}]))`;
      const quantile = (q: number, side: Place): string => `histogram_quantile(${q}, ${buckets(side, 'le')})`;
      const mean = (side: Place): string =>
        `sum(rate(${side(`${metric}_sum`)}[${part}])) / sum(rate(${side(`${metric}_count`)}[${part}]))`;
      const highest = Math.max(...quantiles);
      const each = `max(histogram_quantile(${highest}, sum by (${file.instanceLabel}, le) (rate(${canary(`${metric}_bucket`)}[${all}]))))`;
      return [
        query(
          `${gate.name}-mean`,
          `Bound of mean ${metric} of the canary by that of the control.`,
          bound(`ln(${mean(canary)}) - ln(${mean(control)})`),
          1 + margin,
        ),
        ...[...quantiles, tailQuantile].map((q) =>
          query(
            `${gate.name}-p${String(round(q * 100)).replace('.', '-')}`,
            `Bound of p${round(q * 100)} of ${metric} of the canary by that of the control.`,
            bound(`ln(${quantile(q, canary)}) - ln(${quantile(q, control)})`),
            1 + (q === tailQuantile ? Math.max(margin, tailMargin) : margin),
          ),
        ),
        query(
          `${gate.name}-replica`,
          'The slowest replica of the canary by the control.',
          `${each} / histogram_quantile(${highest}, sum by (le) (rate(${control(`${metric}_bucket`)}[${all}])))`,
          1 + replicaMargin,
        ),
        query(
          `${gate.name}-requests`,
          'Requests of the canary.',
          `sum(increase(${canary(`${metric}_count`)}[${all}]))`,
          null,
          gate.leastRequests,
        ),
      ];
    }
    case 'throughput':
    case 'load': {
      const rate = (side: Place, over: string): string =>
        `sum(rate(${side(gate.metric)}[${over}])) / count(count by (${file.instanceLabel}) (${side(gate.metric)}))`;
      if (gate.kind === 'load') {
        return [
          query(
            gate.name,
            'Requests by replica, canary by control.',
            `(${rate(canary, all)}) / (${rate(control, all)})`,
            null,
            1 - gate.margin,
          ),
        ];
      }
      return [
        query(
          gate.name,
          `Bound of ${gate.metric} by replica, control by canary.`,
          bound(`ln(${rate(control, part)}) - ln(${rate(canary, part)})`),
          1 / (1 - gate.margin),
        ),
      ];
    }
    case 'errors': {
      const share = (errors: Place, requests: Place): string => {
        const total = `sum(increase(${requests(gate.requests)}[${all}]))`;
        const none = gate.absent === 'zero' || gate.metric === gate.requests ? ` or 0 * ${total}` : '';
        const failed = `(sum(increase(${errors(gate.metric)}[${all}]))${none})`;
        return gate.requestsAre === 'successes'
          ? `${failed} / (${total} + ${failed})`
          : `${failed} / ${total}`;
      };
      const requests = (matchers: string): Place => at(gate.requestLabels, matchers);
      const mine = share(canary, requests(places.canaryServer));
      return [
        query(gate.name, 'Share of requests of the canary that fail.', mine, gate.most),
        query(
          `${gate.name}-control`,
          'How much larger than that of the control.',
          `${mine} - ${share(control, requests(places.controlServer))}`,
          gate.margin,
        ),
      ];
    }
    case 'growth': {
      const none =
        gate.witness === undefined ? '' : ` or 0 * max(${at({}, places.canaryNode)(gate.witness)})`;
      const grown = `max(sum by (${file.instanceLabel}) (increase(${on(gate.metric)}[${all}])))${none}`;
      return [
        query(
          gate.name,
          `Growth of ${gate.metric} of one replica.`,
          grown,
          (gate.mostPerHour * file.during) / 3_600_000,
        ),
      ];
    }
    case 'level': {
      const within = [
        ...(gate.least === undefined ? [] : [`(${on(gate.metric)} >= bool ${gate.least})`]),
        ...(gate.most === undefined ? [] : [`(${on(gate.metric)} <= bool ${gate.most})`]),
      ].join(' * ');
      return [
        query(
          gate.name,
          `Share of the time that ${gate.metric} is within its limits.`,
          `min(avg_over_time((${within})[${all}:${seconds(file.window)}]))`,
          null,
          gate.forShare,
        ),
      ];
    }
    case 'restarts': {
      const counts = /_(?:total|count|bucket|sum)$/.test(gate.metric) ? 'resets' : 'changes';
      return [
        query(gate.name, 'Restarts of the canary.', `sum(${counts}(${on(gate.metric)}[${all}]))`, gate.most),
      ];
    }
  }
}

type Place = (metric: string) => string;

/** A selector with labels of the gate's own and those that are filled in. */
function at(labels: Readonly<Record<string, string>>, matchers: string): Place {
  return (metric) => {
    const own = /\{(.*)\}$/.exec(selectorOf(metric, labels))?.[1] ?? '';
    // The blanks keep a template's own braces apart from these.
    return `${metric}{ ${[own, matchers].filter((part) => part !== '').join(',')} }`;
  };
}

/** exp(mean + t · s/√n) of the parts, and nothing where there are too few. */
function upperBound(log: string, all: string, part: string, confidence: number): string {
  const over = `(${log})[${all}:${part}]`;
  const t = round(studentQuantile(confidence, PARTS - 1));
  const bound = `exp(avg_over_time(${over}) + ${t} * stddev_over_time(${over}) / sqrt(count_over_time(${over}) - 1))`;
  return `${bound} and count_over_time(${over}) >= ${LEAST_PARTS}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)}s`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
