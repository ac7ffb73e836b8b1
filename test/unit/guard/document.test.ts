import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REASON_CODES } from '../../../lib/guard/index.ts';
import { resolveOptions } from '../../../lib/guard/options.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../../docs/budgets-and-guards.md'), 'utf8');

function firstColumn(heading: string): string[] {
  const section = TEXT.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name ?? '');
}

test('the table of reasons has every code once, and no other', () => {
  expect(firstColumn('Reasons').toSorted()).toEqual([...REASON_CODES].toSorted());
});

test('the table of options has every option once, and no other', () => {
  expect(firstColumn('Options').toSorted()).toEqual(Object.keys(resolveOptions({})).toSorted());
});
