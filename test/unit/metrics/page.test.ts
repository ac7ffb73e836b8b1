import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeText } from '../../../lib/html.ts';
import { type Health, type KeeperView, watchKeeper } from '../../../lib/metrics/index.ts';
import { renderPage } from '../../../lib/metrics/page/page.ts';
import { columns, signs } from '../../../lib/metrics/page/page-map.ts';
import { commonDirectory } from '../../../lib/metrics/page/sets.ts';
import { aFile, aSet, aSweep, busyKeeper, FakeKeeper, NOON_MS } from '../../support/fake-keeper.ts';

const FINE: Health = { live: true, ready: true, reasons: [] };

function viewOf(tell: (keeper: FakeKeeper, clock: { ms: number }) => void): KeeperView {
  const keeper = new FakeKeeper();
  const clock = { ms: NOON_MS };
  const watch = watchKeeper(keeper, { now: () => clock.ms });
  tell(keeper, clock);
  return watch.view();
}

/** The tags of a page with their attributes' names: what a browser would make of it. */
function tagsOf(page: string): Set<string> {
  const body = page.replace(/<style>[\s\S]*?<\/style>/, '');
  return new Set([...body.matchAll(/<([a-z!/][^\s>]*)/gi)].map((match) => match[1] ?? ''));
}

test('a busy keeper: everything has its words', () => {
  const page = renderPage(viewOf(busyKeeper), FINE, null);
  for (const words of [
    'filling llama, began 22 s ago',
    'model-00004-of-00004.safetensors</code> <span>30.0 % of 4.00 GiB',
    '50.0 % of what is known · 384 MiB',
    'budget lets 300 MiB be resident',
    'unknown of 256 MiB',
    'EIO: the device reports an error at 40.0 MiB',
    'for 1 min: memory-fell, MemAvailable fell',
    'for 21 s at 96.0 MiB/s: others-read',
    'estimate: rchar against read_bytes',
    '&lt;img src=x onerror=alert(1)&gt;.gguf',
    'quotes &quot; &#39; &amp; \\x1b[31mred \\u{202e}gnp.gguf',
  ]) {
    expect(page).toContain(words);
  }
  expect(page).not.toMatch(/<script|<img|onerror="|style="|https?:\/\/(?!www\.w3\.org)/);
});

test('before the first event it says so, and shows no number', () => {
  const page = renderPage(
    viewOf(() => {}),
    FINE,
    null,
  );
  expect(page).toContain('nothing heard from the keeper yet');
  expect(page).toContain('no sweep yet');
  expect(page.replace(/<style>[\s\S]*?<\/style>/, '')).not.toMatch(/\d %|NaN|null|undefined/);
});

test('what is wrong stands first, also in the title', () => {
  const page = renderPage(
    viewOf(() => {}),
    { live: true, ready: false, reasons: ['llama is <cold>.'] },
    10,
  );
  expect(page).toContain('<title>not ready: warmset</title>');
  expect(page).toContain('<p>llama is &lt;cold&gt;.</p>');
  expect(page).toContain('Loaded again every 10 s');
});

test('many files: those that miss most are shown, and where the others are is said', () => {
  const files = Array.from({ length: 1_000 }, (_, number) =>
    aFile({
      path: `/models/many/${number}.bin`,
      residentBytes: number === 777 ? 0 : aFile().sizeBytes,
      map: [1],
    }),
  );
  const page = renderPage(
    viewOf((keeper) => keeper.emit('sweep', aSweep({ sets: [aSet({ files })] }))),
    FINE,
    null,
  );
  expect(page).toContain('777.bin</code>');
  expect(page).toContain('The 100 that miss most, of 1,000; all are in /status.json.');
  expect(page.match(/<li>/g)).toHaveLength(100);
});

describe('hostile words', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', '/', '`', '\0', '\u001b', '\u202e', '\ud800', 'a'),
    }),
    fc.constantFrom('</style><script>', '"><svg onload=x>', '<!--', ']]>', '&lt;script&gt;'),
  );
  const plainTags = tagsOf(renderPage(viewOf(busyKeeper), FINE, null));

  test('never become markup, wherever they stand', () => {
    fc.assert(
      fc.property(nasty, (word) => {
        const reason = { code: 'blind', message: word } as const;
        const view = viewOf((keeper, clock) => {
          busyKeeper(keeper, clock);
          const failure = { code: word, syscall: word, message: word };
          const set = aSet({ name: word, files: [aFile({ path: `/${word}`, failure })] });
          const budget = { allowedBytes: 1, limit: word, reason: word };
          keeper.emit('sweep', aSweep({ sets: [set], budget, held: reason }));
          keeper.emit('state', { name: 'stopped', why: 'failed', detail: word });
          keeper.emit('verdict', { action: 'stop', reason });
          keeper.emit('problem', { what: word, failure });
          const counts = { hitRatio: null, readBytes: 0, fromDeviceBytes: 0, majorFaults: 0 };
          keeper.emit('hits', { watched: { cgroup: word }, method: word, refaultedBytes: null, ...counts });
        });
        const page = renderPage(view, { live: false, ready: false, reasons: [word] }, null);
        expect([...tagsOf(page)].filter((tag) => !plainTags.has(tag))).toEqual([]);
        expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
      }),
    );
  });

  test('read back as themselves where they can be seen', () => {
    const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (word) => {
        const back = escapeText(word).replace(/&([a-z]+|#39);/g, (_, name: string) => entities[name] ?? '?');
        expect(back).toBe(word);
      }),
    );
  });
});

test('a page map: equal neighbours are one column, and only all is full', () => {
  expect(columns([1, 1, 0, 0.5])).toBe('M0 8v-8h2v8zM3 8v-4h1v4z');
  expect(columns([0.999, 0.001])).toBe('M0 8v-7.2h1v7.2zM1 8v-0.8h1v0.8z');
  expect(columns([0, Number.NaN])).toBe('');
  expect(signs([1, 1, 0.5, 0])).toBe('##-.');
  expect(signs(Array.from({ length: 64 }, (_, cell) => (cell < 33 ? 1 : 0)))).toBe(
    `${'#'.repeat(16)}-${'.'.repeat(15)}`,
  );
});

test.each([
  [['/models/a/x', '/models/a/y'], '/models/a/'],
  [['/models/a/x', '/models/ab/y'], '/models/'],
  [['/x', '/y'], ''],
  [['/only/one'], '/only/'],
  [[], ''],
])('the common directory of %j', (paths, expected) => {
  expect(commonDirectory(paths)).toBe(expected);
});
