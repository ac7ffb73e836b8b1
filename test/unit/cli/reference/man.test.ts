import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeVerbs } from '../../../../lib/cli/reference/describe.ts';
import { everyManPage } from '../../../../lib/cli/reference/every-man-page.ts';
import { manPages } from '../../../../lib/cli/reference/man.ts';
import { everyVerb } from '../../../../lib/cli/verbs.ts';

const FOLDER = new URL('../../../../docs/man/', import.meta.url);

test('the pages are current', async () => {
  const pages = await everyManPage();
  expect(readdirSync(FOLDER).sort(), 'run npm run docs:man').toEqual(pages.map(({ file }) => file).sort());
  for (const { file, text } of pages)
    expect(readFileSync(new URL(file, FOLDER), 'utf8'), 'run npm run docs:man').toBe(text);
});

test('every verb is described with its options, what they take and an example', async () => {
  const verbs = await describeVerbs();
  expect(verbs.map(({ words }) => words)).toEqual(everyVerb().map(({ words }) => words));
  for (const { words, options, examples } of verbs) {
    expect(examples.length, words.join(' ')).toBeGreaterThan(0);
    expect(options.map(({ long }) => long)).toContain('--help');
  }
  const warm = verbs.find(({ words }) => words.join(' ') === 'warm');
  expect(warm?.options.find(({ long }) => long === '--priority')).toMatchObject({
    value: 'class',
    choices: ['idle', 'normal'],
  });
  expect(warm?.arguments).toMatchObject([{ name: 'target', required: true, variadic: true }]);
});

test('what roff would take for its own is text', () => {
  const verb = {
    words: ['odd'],
    summary: '.starts with a dot, has a \\ and a - b',
    arguments: [],
    options: [],
    examples: ["'quoted"],
  };
  const text = manPages([verb], []).at(-1)?.text ?? '';
  expect(text).toContain('\\&.starts with a dot, has a \\e and a \\- b.');
  expect(text).not.toMatch(/^\.starts|^'/m);
});
