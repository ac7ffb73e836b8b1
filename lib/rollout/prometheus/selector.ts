import { escapeLabel } from '../../probe/ttft/prometheus-api.ts';

const OPERATOR = /^(=~|!~|!=)/;

/** A selector such as `up{job="vllm",pod=~"canary-.*"}`. Of the same label the later mapping's value holds. */
export function selectorOf(metric: string, ...labels: readonly Readonly<Record<string, string>>[]): string {
  const matchers = Object.entries(Object.assign({}, ...labels) as Record<string, string>).map(
    ([label, written]) => {
      const operator = OPERATOR.exec(written)?.[0] ?? '';
      return `${label}${operator === '' ? '=' : operator}"${escapeLabel(written.slice(operator.length))}"`;
    },
  );
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}
