import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { draw } from '../../../bench/report/draw.ts';
import { readNotes } from '../../../bench/report/notes.ts';
import { render } from '../../../bench/report/write.ts';
import { readResults } from '../../../bench/results.ts';
import { spreadOf } from '../../../bench/statistics.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

it('the page and its charts are what the generator makes of the committed results', async () => {
  const { page, pictures } = render(
    await readResults(path('bench/results')),
    await readNotes(path('bench/notes')),
  );
  const remedy = 'run `npm run bench -- --report`';
  expect(await readFile(path('docs/performance.md'), 'utf8'), remedy).toBe(page);
  for (const [name, svg] of pictures) {
    expect(await readFile(path(`docs/performance/${name}`), 'utf8'), remedy).toBe(svg);
  }
});

const CHART = {
  name: 'chart',
  title: 'Title',
  unit: 's',
  logarithmic: false,
  bars: [
    { label: 'ours', ours: true, spread: spreadOf([1, 2, 3]) },
    { label: 'theirs & <others>', ours: false, spread: spreadOf([2, 4, 9]) },
  ],
};

it('draws the same chart the same, whatever was drawn before', () => {
  const first = draw(CHART);
  draw({ ...CHART, title: 'Another' });
  expect(draw(CHART)).toBe(first);
});

it('draws for light and dark pages, and escapes labels', () => {
  const svg = draw(CHART);
  expect(svg).toContain('prefers-color-scheme:dark');
  expect(svg).toContain('theirs &amp; &lt;others&gt;');
});

it('takes no figures from notes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'warmset-notes-'));
  try {
    await writeFile(join(directory, 'cpu.md'), 'Folios of 4 KiB cost a call each.\n');
    expect(await readNotes(directory)).toEqual({ cpu: 'Folios of 4 KiB cost a call each.' });
    await writeFile(join(directory, 'cpu.md'), 'It took 1.5 s on my machine.\n');
    await expect(readNotes(directory)).rejects.toThrow('cpu.md contains the figure "1.5 s"');
  } finally {
    await rm(directory, { recursive: true });
  }
});
