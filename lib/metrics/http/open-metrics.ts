export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Prometheus text as OpenMetrics 1.0. prom-client 15 has an OpenMetrics mode, but it cuts `_total` off its counters'
 * names for good: a registry that was asked for it once names them wrongly in plain text from then on. Pure.
 */
export function toOpenMetrics(text: string): string {
  const families = new Map<string, string>();
  for (const [, name = ''] of text.matchAll(/^# TYPE (\S+) counter$/gm)) {
    families.set(name, name.replace(/_total$/, ''));
  }
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line !== '')
      lines.push(line.startsWith('# ') ? openComment(line, families) : openSample(line, families));
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

function openComment(line: string, families: ReadonlyMap<string, string>): string {
  const [hash = '', keyword = '', name = '', ...rest] = line.split(' ');
  const words = keyword === 'HELP' ? rest.join(' ').replaceAll('"', '\\"') : rest.join(' ');
  return [hash, keyword, families.get(name) ?? name, words].join(' ');
}

function openSample(line: string, families: ReadonlyMap<string, string>): string {
  const name = /^[a-zA-Z0-9_:]+/.exec(line)?.[0] ?? '';
  const family = families.get(name);
  const named = family === undefined ? line : `${family}_total${line.slice(name.length)}`;
  // Numbers of `le` are floats there. A quote in a label's value is escaped, so this can't match inside of one.
  return named.replace(/([{,]le="-?\d+)"/, '$1.0"').replace(/ Nan$/, ' NaN');
}

/** Whether the client likes OpenMetrics at least as much as plain text. Pure. */
export function prefersOpenMetrics(accept: string | undefined): boolean {
  let open = 0;
  let text = 0;
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = part.split(';').map((word) => word.trim());
    const quality = qualityOf(parameters);
    if (type === 'application/openmetrics-text') open = Math.max(open, quality);
    else if (type === 'text/plain') text = Math.max(text, quality);
  }
  return open > 0 && open >= text;
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}
