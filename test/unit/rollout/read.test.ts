import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../lib/config/index.ts';
import { bareStep, parseRollout, ROLLOUT_STEPS } from '../../../lib/rollout/index.ts';
import { selectorOf } from '../../../lib/rollout/prometheus/selector.ts';

const EXAMPLE = readFileSync(
  fileURLToPath(new URL('../../../deploy/rollout/rollout.yaml', import.meta.url)),
  'utf8',
);

function problems(text: string) {
  try {
    parseRollout(text, 'r.yaml');
  } catch (error) {
    if (ConfigError.is(error)) return error.problems;
    throw error;
  }
  return [];
}

it('the example is one, and its stages are those of a careful rollout', () => {
  const { stages, gates } = parseRollout(EXAMPLE);
  expect(stages.map(({ name }) => name)).toEqual(['one-backend', 'few-percent', 'second-node', 'default']);
  expect(gates.length).toBe(10);
});

it.each([
  ['kind: latency, metric: "vllm:time', 'kind: latncy, metric: "vllm:time', /kind/],
  ['window: 1m', 'windw: 1m', /windw: there is no such key/],
  ['name: errors', 'name: ttft', /ttft is there twice/],
  ['label: warmset/keep', 'label: "--all"', /is no key of a label/],
  ['release: vllm', 'release: "-x"', /is no name of Kubernetes/],
  ['set: {warmset.enabled: true}', 'set: {warmset.enabled: "a,b=c"}', /may hold letters/],
  ['pod: "=~vllm-stable-.*"', 'pod: "=~vllm-canary-.*"', /canary and control are the same/],
  ['url: http://prometheus', 'url: http://me:secret@prometheus', /without a password/],
  ['during: 1h', 'during: 5m', /fewer than 20 windows/],
  [
    'stages:\n',
    'stages:\n  - {name: x, gates: [nothing], actions: [{use: systemd, unit: a.service}]}\n',
    /no gate nothing/,
  ],
  ['unit', 'unit', null],
])('%s as %s is told with its place', (from, to, message) => {
  const found = problems(EXAMPLE.replace(from, to));
  if (message === null) expect(found).toEqual([]);
  else {
    expect(found.length).toBeGreaterThan(0);
    expect(found.map((one) => `${one.path}: ${one.message}`).join('\n')).toMatch(message);
    expect(found[0]?.line).toBeGreaterThanOrEqual(5);
    expect(found[0]?.column).toBeGreaterThan(0);
  }
});

describe('what a program is told', () => {
  it('is never an option that the file made up, whatever the file says', () => {
    const any = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(any, any, any, (one, two, three) => {
        for (const action of [
          { use: 'node-label', node: one, label: two, value: three },
          { use: 'systemd', unit: `${one}.service`, host: two },
          { use: 'compose', file: `/${one}`, profile: two, services: [three] },
          { use: 'helm', release: one, namespace: two, chart: three, set: { a: one } },
        ]) {
          let parsed: ReturnType<typeof parseRollout>;
          try {
            parsed = parseRollout(
              JSON.stringify({
                name: 'r',
                prometheus: { url: 'http://p' },
                canary: { server: { a: 'b' } },
                control: {},
                gates: [{ name: 'g', kind: 'growth', metric: 'm' }],
                stages: [{ name: 's', actions: [action] }],
              }),
            );
          } catch {
            continue;
          }
          const [stage] = parsed.stages;
          if (stage?.actions[0] === undefined) throw new Error('it has an action');
          const step = bareStep(stage.actions[0]);
          const kind = ROLLOUT_STEPS.find((known) => known.do === step.do);
          // What goes into a journal comes out of it again.
          expect(kind?.schema.parse(JSON.parse(JSON.stringify(step)))).toEqual(step);
          for (const word of [one, two, three].filter((text) => text.startsWith('-'))) {
            expect(kind?.command(step)).not.toContain(word);
          }
        }
      }),
    );
  });
});

it('a selector holds whatever a value is', () => {
  expect(selectorOf('up', { job: 'a"b\\c\nd', pod: '=~x.*' }, { pod: '!=y' })).toBe(
    'up{job="a\\"b\\\\c\\nd",pod!="y"}',
  );
  expect(selectorOf('up')).toBe('up');
});
