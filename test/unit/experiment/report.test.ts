import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvField, renderCsv } from '../../../lib/experiment/report/csv.ts';
import { renderFirstTokenMarkdown } from '../../../lib/experiment/report/first-token.ts';
import { axisTo } from '../../../lib/experiment/report/html/axis.ts';
import { renderHtml } from '../../../lib/experiment/report/html/page.ts';
import { experimentJson } from '../../../lib/experiment/report/json.ts';
import { markdownTable, renderStorageMarkdown } from '../../../lib/experiment/report/markdown.ts';
import { partsOf } from '../../../lib/experiment/report/phases.ts';
import type { ServerTimes, Trial } from '../../../lib/experiment/types.ts';
import { aReport } from './a-report.ts';
import { aTrial, trialsOf } from './trials.ts';

const HOSTILE = '<script>alert(1)</script>, "quoted"\nand | piped';

const VOID: Trial = {
  type: 'trial',
  index: 9,
  round: 2,
  condition: 'warm',
  scheduler: null,
  attempt: 3,
  startedAt: '2026-03-01T14:10:00.000Z',
  state: 'void',
  why: HOSTILE,
};

const SERVER: ServerTimes = {
  readyMs: 4000,
  first: { ttftMs: 500, endToEndMs: 900, tokens: 64 },
  second: { ttftMs: 50, endToEndMs: 450, tokens: null },
  startup: {
    server: 'vllm',
    version: null,
    phases: [
      { name: 'weights', seconds: 2, within: 'model', source: 'said', reports: 1 },
      { name: 'model', seconds: 2.5, within: null, source: 'said', reports: 1 },
      { name: 'compile', seconds: 1, within: null, source: 'said', reports: 1 },
    ],
    totalSeconds: null,
    totalSource: null,
    overlapSeconds: 0,
    starts: 1,
    unattributedSeconds: null,
    ready: true,
    modelBytes: null,
    kvCacheBytes: null,
    compileCache: 'unknown',
    lines: 10,
  },
};

const TRIALS: readonly Trial[] = [
  ...trialsOf('cold', [5000, 5200, 4900, 5100, 9000]),
  ...trialsOf('prewarm', [1000, 1010, 990, 1020, 1030], { preparationMs: 2000, totalMs: 3000 }, 5),
  ...trialsOf('warm', [1000, 1100, 950, 1020, 1010], {}, 10),
  VOID,
];

const CELL = fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ', 'é'), maxLength: 6 });

/** RFC 4180, read by the letter. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    let field = '';
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        field += text[at];
        if (text[at] === '"') at += 1;
      }
      at += 1;
    } else while (at < text.length && !',\r\n'.includes(text[at] ?? '')) field += text[at++];
    row.push(field);
    if (text[at] === ',') at += 1;
    else {
      expect(text.slice(at, at + 2)).toBe('\r\n');
      at += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

describe('CSV', () => {
  it('reads back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.array(CELL, { minLength: 2, maxLength: 4 }), { maxLength: 4 }), (rows) => {
        const text = rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
        expect(readCsv(text)).toEqual(rows);
      }),
    );
  });

  it('has a line for every trial, and nothing for what is not known', () => {
    const [header = [], ...rows] = readCsv(renderCsv(TRIALS));
    expect(rows).toHaveLength(16);
    const cell = (row: number, name: string) => rows[row]?.[header.indexOf(name)];
    expect(cell(0, 'load_s')).toBe('5');
    expect(cell(0, 'preparation_s')).toBe('');
    expect(cell(5, 'total_s')).toBe('3');
    expect(cell(15, 'state')).toBe('void');
    expect(cell(15, 'why_void')).toBe(HOSTILE);
    expect(cell(15, 'load_s')).toBe('');
  });
});

describe('Markdown', () => {
  it('keeps text in its cell', () => {
    const table = markdownTable(['a'], [[HOSTILE]]);
    expect(table.split('\n')).toHaveLength(4);
    expect(table).toContain('\\<script\\>');
    expect(table).toContain('and \\| piped');
  });

  it('has the verdict, the medians, every trial and the machine', () => {
    const text = renderStorageMarkdown(aReport(TRIALS));
    expect(text).toContain('**Worth it here: a warm start takes 1.01 s, a cold one 5.10 s.**');
    expect(text).toMatch(/\| prewarm \| 5 \| 0 \| 2\.00 s .*\| 1\.01 s .*\| 3\.00 s /);
    expect(text).toContain('outlier');
    expect(text).toContain('void: \\<script');
    expect(text).toContain('| I/O scheduler | none |');
  });

  it('tells of first tokens only where servers were started', () => {
    expect(renderFirstTokenMarkdown(aReport(TRIALS))).toBeNull();
    const reader = { kind: 'server', command: 'vllm serve m', url: null, model: null, prompt: null } as const;
    const text = renderFirstTokenMarkdown(aReport([aTrial({ server: SERVER })], { reader }));
    expect(text).toContain('| cold\\_1 | 4.000 | 0.500 | 0.900 | 64 |');
    expect(text).toContain('| 0.050 | 0.450 | unknown |');
    expect(text).toContain('No warm start was measured.');
  });
});

describe('parts of the time', () => {
  it('come to the whole, and count nothing twice', () => {
    const { analysis } = aReport([aTrial({ server: SERVER, preparationMs: 100, loadMs: 4500 })]);
    const [cold] = analysis.summaries;
    expect(cold && partsOf(cold)).toEqual([
      { name: 'preparation', ms: 100 },
      { name: 'model', ms: 2500 },
      { name: 'compile', ms: 1000 },
      { name: 'unattributed', ms: 500 },
      { name: 'first token', ms: 500 },
    ]);
  });
});

describe('the page', () => {
  it('fetches nothing, runs nothing, and keeps hostile text as text', () => {
    const page = renderHtml(aReport(TRIALS));
    expect(page).not.toMatch(/<(script|img|link|iframe|object)\b/);
    expect(page).not.toMatch(/\b(?:src|href)=|url\(|@import/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('default-src &#39;none&#39;; style-src &#39;sha256-');
  });

  it('draws every trial that is done, and says each chart in words', () => {
    const page = renderHtml(aReport(TRIALS));
    expect(page.match(/<circle class="dot /g)).toHaveLength(15);
    expect(page.match(/dot cold outlier/g)).toHaveLength(1);
    for (const id of ['distribution', 'phases', 'timeline']) {
      expect(page).toMatch(new RegExp(`<title id="${id}-t">[^<]+</title><desc id="${id}-d">[^<]+</desc>`));
    }
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('stands without a single trial', () => {
    const page = renderHtml(aReport([VOID]));
    expect(page).toContain('Undecided: too few trials.');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('an axis', () => {
  it('reaches the most in a few round steps', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (most) => {
        const { top, ticks } = axisTo(most);
        expect(top).toBeGreaterThanOrEqual(most * (1 - 1e-6));
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(5);
        expect(ticks.at(-1)).toBe(top);
      }),
    );
    expect(axisTo(0)).toEqual({ top: 1, ticks: [0] });
  });
});

it('JSON has every figure and no text of an error twice', () => {
  const document = experimentJson(aReport(TRIALS));
  expect(document).toMatchObject({
    schema: 'warmset.experiment/1',
    conditions: [
      { condition: 'cold', trials: 5, total: { median: 5100, outliers: [9000] } },
      {},
      { voids: 1 },
      {},
    ],
    verdicts: [{ kind: 'worth-it', breakEvenStarts: 1 }],
  });
});
