import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../../lib/config/fields.ts';
import { parseConfig } from '../../../lib/config/index.ts';
import { configPage, jsonSchema } from '../../../lib/config/reference.ts';
import { withSets } from './problems.ts';

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const REMEDY = 'run npm run docs:config';

describe('the reference', () => {
  it('is current', () => {
    expect(read('docs/config.md'), REMEDY).toBe(configPage());
    expect(read('docs/config.schema.json'), REMEDY).toBe(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  });

  it('has a meaning and a working example for every key', () => {
    for (const { keys } of FIELDS) {
      const section = keys.slice(0, -1).join('.').replace('.[]', '[]');
      const heading = section === '' ? 'The top level' : `\`${section}\``;
      const part = configPage().split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
      const row = part.split('\n').find((line) => line.startsWith(`| \`${keys.at(-1)}\` |`));
      const [, meaning = '', , , examples = ''] = row?.split(' | ') ?? [];
      expect(meaning, keys.join('.')).toMatch(/\w\.$/);
      const shown = [...examples.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
      expect(shown.length, keys.join('.')).toBeGreaterThan(0);
      for (const example of shown)
        expect(() => accept(keys, example), `${keys.join('.')}: ${example}`).not.toThrow();
    }
  });
});

/** Puts an example of the page into a file as it stands there. */
function accept(keys: readonly string[], example: string): void {
  const name = keys.at(-1) ?? '';
  const value = /^[[*]/.test(example) && !example.startsWith('["') ? JSON.stringify(example) : example;
  if (keys[0] === 'sets') {
    const needed = { name: 'name: a', targets: 'targets: [x]', [name]: `${name}: ${value}` };
    parseConfig(`sets:\n  - {${Object.values(needed).join(', ')}}`);
    return;
  }
  const [section = ''] = keys;
  const beside = section === 'snapshot' && name !== 'path' ? 'path: /s, ' : '';
  parseConfig(withSets(keys.length === 1 ? `${name}: ${value}` : `${section}: {${beside}${name}: ${value}}`));
}
