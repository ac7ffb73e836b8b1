export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Prometheus text as OpenMetrics 1.0. prom-client 15 has an OpenMetrics mode, but it cuts `_total` off its counters'
 * names for good: a registry that was asked for it once names them wrongly in plain text from then on. Pure.
 */
export function toOpenMetrics(text: string): string {
  const counters = new Set<string>();
  for (const [, name = ''] of text.matchAll(/^# TYPE (\S+) counter$/gm)) counters.add(name);
  // Over the whole text and not line by line, which takes twice as long with a thousand files.
  const lines = text
    .replace(/\n\n/g, '\n')
    .replace(/^# (HELP|TYPE) (\S+) (.*)$/gm, (_, keyword: string, name: string, rest: string) => {
      const family = counters.has(name) ? name.replace(/_total$/, '') : name;
      return `# ${keyword} ${family} ${keyword === 'HELP' ? rest.replaceAll('"', '\\"') : rest}`;
    })
    // Bounds of buckets are floats there. A quote in a label's value is escaped, so this can't match inside of one.
    .replace(/([{,]le="-?\d+)"/g, '$1.0"')
    .replace(/ Nan$/gm, ' NaN');
  return `${withTotal(lines, counters)}# EOF\n`;
}

/** Counters of an embedder's own that don't end in `_total` have to, there. */
function withTotal(text: string, counters: ReadonlySet<string>): string {
  let named = text;
  for (const name of counters) {
    if (!name.endsWith('_total'))
      named = named.replace(new RegExp(`^${name}(?=[ {])`, 'gm'), `${name}_total`);
  }
  return named;
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
