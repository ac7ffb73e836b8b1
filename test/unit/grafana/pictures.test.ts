import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { DASHBOARDS } from '../../../scripts/grafana/dashboards.ts';

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');
const FOLDER = join(DOCS, 'dashboards');
const MOST_BYTES = 400 * 1024;

const page = readFileSync(join(DOCS, 'dashboards.md'), 'utf8');

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Every text that a picture shows. */
function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text\b[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text.replaceAll(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity),
  );
}

test('each dashboard has its picture, and no picture is of something else', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(DASHBOARDS.map(({ uid }) => `${uid}.svg`).sort());
});

describe.each(DASHBOARDS.map((dashboard) => [dashboard.title, dashboard] as const))('%s', (_, dashboard) => {
  const file = join(FOLDER, `${dashboard.uid}.svg`);
  const svg = readFileSync(file, 'utf8');
  const texts = textsOf(svg);

  it('has each of its rows and panels in its picture: `npm run docs:pictures` draws them', () => {
    const titles = dashboard.rows.flatMap(({ title, panels }) => [
      title,
      ...panels.map((panel) => panel.title),
    ]);
    expect(titles.filter((title) => !texts.includes(title))).toEqual([]);
  });

  it('has a picture for light and dark pages that is small, asks for nothing else, and tells no local path', () => {
    expect(statSync(file).size).toBeLessThan(MOST_BYTES);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:|<script|<image|\/tmp\//);
  });

  it('stands on the page with its picture', () => {
    expect(page).toContain(`![${dashboard.title}](dashboards/${dashboard.uid}.svg)`);
  });
});

test('names of clips and gradients in a picture are its own', () => {
  for (const { uid } of DASHBOARDS) {
    const ids = [...readFileSync(join(FOLDER, `${uid}.svg`), 'utf8').matchAll(/ id="([^"]+)"/g)].map(
      ([, id]) => id,
    );
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('panels that the page names are panels, and its links lead somewhere', () => {
  const titles = new Set(
    DASHBOARDS.flatMap(({ rows }) => rows.flatMap(({ panels }) => panels.map((one) => one.title))),
  );
  const night = [...page.matchAll(/\*\*At three in\s+the morning\*\*:\s*([\s\S]*?)\n\n/g)].map(
    ([, text = '']) => text,
  );
  expect(night).toHaveLength(DASHBOARDS.length);
  for (const text of night) {
    const named = [...text.matchAll(/\*([^*]+)\*/g)].map(([, name = '']) => name.replaceAll(/\s+/g, ' '));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !titles.has(name))).toEqual([]);
  }
  for (const [, link = ''] of page.matchAll(/\]\(([^)#]+)/g)) {
    expect(existsSync(join(dirname(join(DOCS, 'dashboards.md')), link)), link).toBe(true);
  }
});
