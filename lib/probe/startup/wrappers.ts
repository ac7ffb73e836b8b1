/** What other programs put before a server's line: composers, journals, container runtimes, CI. */

// A terminal's control sequences: CSI, then OSC up to its end.
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for
const CONTROLS = /\x1b\[[0-9;?]{0,40}[ -/]{0,4}[@-~]|\x1b\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)/g;

/** The line without colours and other control sequences. */
export function withoutControls(line: string): string {
  return line.includes('\x1b') ? line.replace(CONTROLS, '') : line;
}

/** How many programs may have wrapped each other. */
const MOST_WRAPPERS = 8;

export type StampForm = 'iso' | 'syslog' | 'unix' | 'clock';

export interface OuterStamp {
  readonly form: StampForm;
  readonly text: string;
}

/**
 * Each matches one wrapper at the beginning, and those that are time stamps have a form. None can match nothing, and
 * each is bounded, so that a hostile line costs no more than an honest one.
 */
const WRAPPERS: readonly (readonly [form: StampForm | null, pattern: RegExp])[] = [
  // A bracket round a whole date is SGLang's own, and nobody's wrapper.
  [
    'iso',
    /^(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)(?: \||:)?(?: |$)/,
  ],
  [null, /^[A-Z][a-z]{2} (?=\d{4}-|[A-Z][a-z]{2} )/],
  ['syslog', /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) /],
  ['unix', /^(\d{10}\.\d{3,9}) /],
  ['clock', /^\[?(\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)\]?(?: \|)? /],
  [null, /^(?:stdout|stderr) [FP] /],
  [null, /^[\w.@/-]{1,100} [\w.@/-]{1,60}\[\d{1,10}\]: /],
  [null, /^[\w.@/-]{1,100}\[\d{1,10}\]: /],
  [null, /^[\w.@/-]{1,100} {0,60}\| {0,2}/],
  [null, /^\([A-Za-z][^()]{0,160}\) /],
  [null, /^\[(?!\d{4}-\d\d|\d\d\/\d\d)[\w./:, -]{1,100}\] /],
];

/** The outermost time stamp that something put before a line; null where nothing did. */
export function outerStamp(line: string): OuterStamp | null {
  let rest = line.slice(0, 600).trimStart();
  for (let count = 0; count < MOST_WRAPPERS; count += 1) {
    const peeled = peel(rest);
    if (peeled === null || peeled.stamp !== null) return peeled?.stamp ?? null;
    rest = rest.slice(peeled.length);
  }
  return null;
}

function peel(text: string): { readonly stamp: OuterStamp | null; readonly length: number } | null {
  for (const [form, pattern] of WRAPPERS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [whole, stamp] = match;
    return {
      stamp: form === null || stamp === undefined ? null : { form, text: stamp },
      length: whole.length,
    };
  }
  return null;
}

/** Which process of several wrote the line, by what stands before its message; the innermost, where they are nested. */
export function rankOf(line: string): string {
  const head = line.slice(0, 600);
  let rank = '';
  for (let open = head.indexOf('('); open >= 0; open = head.indexOf('(', open + 1)) {
    const close = head.indexOf(')', open);
    if (close < 0) break;
    const inside = head.slice(open + 1, close);
    if (inside.length > 200) break;
    if (inside.includes('pid=') || inside.startsWith('EngineCore') || inside.startsWith('Worker'))
      rank = inside;
  }
  if (rank !== '') return rank;
  const bracket = /\[(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d((?: [A-Z]{2}\d{1,5}){1,6})|(RANK \d{1,5}))\]/.exec(
    head,
  );
  return bracket?.[1] ?? bracket?.[2] ?? '';
}
