import { excerpt } from './excerpt.ts';
import { isRecord } from './token-stream.ts';

/** Where a Prometheus answers, from the address that a user wrote, with or without `/api/v1/query`. */
export function prometheusUrl(base: URL, endpoint: 'query' | 'query_range'): URL {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/api\/v1(\/query(_range)?)?$/, '');
  url.pathname = `${path}/api/v1/${endpoint}`;
  return url;
}

export type PrometheusAnswer =
  | {
      readonly state: 'success';
      readonly data: Readonly<Record<string, unknown>>;
      /** What it says about an answer that isn't whole. */
      readonly warnings: readonly string[];
    }
  | { readonly state: 'refused'; readonly why: string };

/** Pure reading of what the HTTP API answers; whatever it is, it is one of these. */
export function readPrometheusAnswer(text: string): PrometheusAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return { state: 'refused', why: `it answered something that is no JSON: ${excerpt(text)}` };
  }
  if (!isRecord(answer) || answer.status !== 'success' || !isRecord(answer.data)) {
    const said = isRecord(answer) && typeof answer.error === 'string' ? answer.error : text;
    return { state: 'refused', why: excerpt(said) };
  }
  return { state: 'success', data: answer.data, warnings: warningsOf(answer) };
}

/** Several servers behind one address answer what they have: `isPartial` of VictoriaMetrics, `warnings` of Thanos. */
function warningsOf({ warnings, isPartial }: Readonly<Record<string, unknown>>): readonly string[] {
  const said = Array.isArray(warnings) ? warnings.filter((one) => typeof one === 'string').map(excerpt) : [];
  return isPartial === true ? [...said, 'the answer is partial'] : said;
}

/** A value between the quotes of a selector. */
export function escapeLabel(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
