/** One line of a metrics page. */
export interface ExpositionSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** NaN and infinities are values, too. */
  readonly value: number;
}

// What is longer, or more, is passed over: a page comes from a stranger.
const LONGEST_LINE = 16_384;
const MOST_SAMPLES = 100_000;

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|(?=\}))/y;

/**
 * Pure reading of the text exposition format of Prometheus, OpenMetrics included. Lines that are garbled or of no
 * interest are passed over.
 *
 * @param wanted which metrics, by the name that stands in the line
 */
export function parseExposition(
  text: string,
  wanted: (name: string) => boolean,
): readonly ExpositionSample[] {
  const samples: ExpositionSample[] = [];
  for (let start = 0; start < text.length && samples.length < MOST_SAMPLES; ) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    if (end - start <= LONGEST_LINE) {
      const sample = parseLine(text.slice(start, end), wanted);
      if (sample) samples.push(sample);
    }
    start = end + 1;
  }
  return samples;
}

function parseLine(line: string, wanted: (name: string) => boolean): ExpositionSample | null {
  NAME.lastIndex = line.length - line.trimStart().length;
  const name = NAME.exec(line)?.[0];
  if (name === undefined || !wanted(name)) return null;
  let at = NAME.lastIndex;
  const labels = new Map<string, string>();
  if (line[at] === '{') {
    at += 1;
    for (LABEL.lastIndex = at; ; at = LABEL.lastIndex) {
      const [, key, value] = LABEL.exec(line) ?? [];
      if (key === undefined || value === undefined) break;
      labels.set(key, unescapeLabel(value));
    }
    const close = /\s*\}/y;
    close.lastIndex = at;
    if (!close.test(line)) return null;
    at = close.lastIndex;
  }
  // A time stamp and an exemplar may follow.
  const [, number] = /^\s+(\S+)/.exec(line.slice(at)) ?? [];
  const value = number === undefined ? null : parseValue(number);
  return value === null ? null : { name, labels, value };
}

function unescapeLabel(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

/** A number as Prometheus writes it: `1e-3`, `+Inf`, `NaN`. */
export function parseValue(text: string): number | null {
  const special = /^([+-]?)inf(inity)?$/i.exec(text);
  if (special) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}
