import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseRollout } from '../../../lib/rollout/index.ts';
import { argoArguments, rolloutFiles } from '../../../scripts/rollout/templates.ts';
import { itWith, prometheus } from '../../support/capabilities.ts';
import { mustRun } from '../../support/run.ts';
import { temporaryDirectory } from '../../support/temp.ts';

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), 'utf8');
const ROLLOUT = parseRollout(read('deploy/rollout/rollout.yaml'));
const FILES = rolloutFiles(ROLLOUT);

test('what is made from the gates is as the gates are: `npm run docs:rollout` writes it', () => {
  for (const { file, text } of FILES) expect(read(file), file).toBe(text);
});

/** Every expression with its placeholders filled in. */
function expressions(): readonly string[] {
  const [argo, flagger] = FILES.map(({ text }) =>
    parseAllDocuments(text).map((document) => document.toJS() as Record<string, never>),
  );
  const values = argoArguments(ROLLOUT);
  const filled = (text: string): string =>
    text
      .replace(/\{\{args\.([\w-]+)\}\}/g, (_, name: string) => values[name] ?? 'missing')
      .replace(/\{\{ (namespace|target) \}\}/g, 'vllm');
  const queries = [
    ...(argo ?? []).flatMap(
      ({ spec }: { spec?: { metrics: { provider: { prometheus: { query: string } } }[] } }) =>
        (spec?.metrics ?? []).map(({ provider }) => provider.prometheus.query),
    ),
    ...(flagger ?? []).map(({ spec }: { spec?: { query: string } }) => spec?.query ?? ''),
  ];
  return queries.map(filled);
}

it('every gate has an expression in both, and no placeholder is left', () => {
  const found = expressions();
  expect(found.length).toBeGreaterThanOrEqual(2 * ROLLOUT.gates.length);
  for (const expression of found) expect(expression).not.toMatch(/\{\{|\}\}|missing|undefined/);
});

itWith(prometheus, 'promtool takes every expression', async () => {
  await using directory = await temporaryDirectory('rollout-templates');
  const rules = expressions().map((expr, at) => ({ record: `rollout:gate_${at}`, expr }));
  const file = directory.file('rules.yml');
  await writeFile(file, JSON.stringify({ groups: [{ name: 'rollout', rules }] }));
  await mustRun('promtool', ['check', 'rules', file]);
});
