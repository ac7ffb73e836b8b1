import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Results } from '../results.ts';
import { charts } from './charts.ts';
import { draw } from './draw.ts';
import { judge } from './goals.ts';
import type { Notes } from './notes.ts';
import { renderPage } from './page.ts';

export interface Rendered {
  readonly page: string;
  /** SVG by file name. */
  readonly pictures: ReadonlyMap<string, string>;
}

/** The page and its pictures. Pure. */
export function render(results: Results, notes: Notes): Rendered {
  const drawn = charts(results);
  return {
    page: renderPage(results, { goals: judge(results), charts: drawn, notes }),
    pictures: new Map(drawn.map((chart) => [`${chart.name}.svg`, draw(chart)])),
  };
}

/** Writes the page, and its pictures in the folder `performance` beside it. */
export async function writePage(path: string, results: Results, notes: Notes): Promise<void> {
  const { page, pictures } = render(results, notes);
  const folder = join(dirname(path), 'performance');
  await rm(folder, { recursive: true, force: true });
  await mkdir(pictures.size > 0 ? folder : dirname(path), { recursive: true });
  await writeFile(path, page);
  for (const [name, svg] of pictures) await writeFile(join(folder, name), svg);
}
