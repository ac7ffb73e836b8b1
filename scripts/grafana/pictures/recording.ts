import type { Dashboard, Panel, Query } from '../model.ts';
import { replaceVariables, type Variables } from './variables.ts';

/** A series as Prometheus answers: Unix time in seconds, and the value as text. */
export interface Recorded {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** What a dashboard's expressions came to: by dashboard, panel and query, in their order. */
export interface Recording {
  /** Unix time in seconds. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly answers: Readonly<Record<string, readonly Recorded[]>>;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

/** What one query of a panel is found by in a recording. */
export const answerKey = ({ kind }: Panel, { expr }: Query): string =>
  `${isNow(kind) ? 'now' : 'range'} ${expr}`;

/** A number and a table show what is; a chart shows what was. */
const isNow = (kind: Panel['kind']): boolean => kind !== 'timeseries';

/** Asks a Prometheus for every expression of these dashboards. */
export async function record(
  port: number,
  dashboards: readonly Dashboard[],
  variables: Variables,
  range: Pick<Recording, 'start' | 'end' | 'step'>,
): Promise<Recording> {
  const answers: Record<string, readonly Recorded[]> = {};
  const panels = dashboards.flatMap(({ rows }) => rows.flatMap((row) => row.panels));
  for (const panel of panels) {
    for (const query of panel.queries) {
      const expression = replaceVariables(query.expr, variables);
      answers[answerKey(panel, query)] = isNow(panel.kind)
        ? await ask(port, 'query', { query: expression, time: String(range.end) })
        : await ask(port, 'query_range', {
            query: expression,
            start: String(range.start),
            end: String(range.end),
            step: String(range.step),
          });
    }
  }
  return { ...range, answers };
}

async function ask(
  port: number,
  what: string,
  parameters: Readonly<Record<string, string>>,
): Promise<readonly Recorded[]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/${what}?${new URLSearchParams(parameters)}`);
  const answer = (await response.json()) as Answer;
  if (answer.data === undefined)
    throw new Error(`Prometheus refuses ${parameters.query}: ${answer.error ?? response.status}`);
  return answer.data.result.map(({ metric, value, values }) => ({
    metric,
    values: values ?? (value === undefined ? [] : [value]),
  }));
}
