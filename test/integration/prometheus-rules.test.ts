import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../lib/metrics/index.ts';
import { itWith, prometheus } from '../support/capabilities.ts';
import { FakeKeeper } from '../support/fake-keeper.ts';
import { mustRun } from '../support/run.ts';

const FOLDER = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url));

itWith(prometheus, 'promtool finds nothing wrong with the rules', async () => {
  expect(await mustRun('promtool', ['check', 'rules', 'rules.yml'], { cwd: FOLDER })).toContain('SUCCESS');
});

itWith(prometheus, 'the rules record and alert as their tests say', async () => {
  expect(await mustRun('promtool', ['test', 'rules', 'rules.test.yml'], { cwd: FOLDER })).toContain(
    'SUCCESS',
  );
});

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[];
  }[];
}

const rules = (parse(readFileSync(`${FOLDER}rules.yml`, 'utf8')) as Rules).groups.flatMap(
  (group) => group.rules,
);

test('the rules ask only for series that are exported', async () => {
  const exported = new Set<string>();
  for (const { name, type } of await createMetrics(new FakeKeeper()).registry.getMetricsAsJSON()) {
    exported.add(String(type) === 'histogram' ? `${name}_bucket` : name);
  }
  const asked = rules.flatMap(({ expr }) => expr.match(/\bwarmset_[a-z_]+/g) ?? []);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !exported.has(name))).toEqual([]);
});

test('every alert and every record has a test', () => {
  const tests = readFileSync(`${FOLDER}rules.test.yml`, 'utf8');
  const names = rules.map(({ record, alert }) => record ?? alert ?? '').filter((name) => !name.includes(':'));
  expect(names.filter((name) => !tests.includes(name))).toEqual([]);
});
