import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FIELDS } from '../../../lib/config/fields.ts';
import { jsonSchema } from '../../../lib/config/reference.ts';
import { parseDuration, parseRate, parseShare, parseSize } from '../../../lib/units.ts';
import { PATTERNS } from '../../../scripts/helm/patterns.ts';
import { valuesSchema } from '../../../scripts/helm/values-schema.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8');
const REMEDY = 'run npm run docs:helm';

describe('what of the chart is made of other files', () => {
  it('is current', () => {
    const chart = 'deploy/helm/warmset';
    expect(read(`${chart}/values.schema.json`), REMEDY).toBe(`${JSON.stringify(valuesSchema(), null, 2)}\n`);
    expect(read(`${chart}/files/rules.yml`), REMEDY).toBe(read('deploy/prometheus/rules.yml'));
    const dashboards = readdirSync(new URL('deploy/grafana', ROOT));
    expect(readdirSync(new URL(`${chart}/files/dashboards`, ROOT)), REMEDY).toEqual(dashboards);
    for (const name of dashboards) {
      expect(read(`${chart}/files/dashboards/${name}`), REMEDY).toBe(read(`deploy/grafana/${name}`));
    }
  });

  it('has the version of the package', () => {
    const { version } = JSON.parse(read('package.json')) as { readonly version: string };
    expect(parse(read('deploy/helm/warmset/Chart.yaml'))).toMatchObject({ version, appVersion: version });
  });
});

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly additionalProperties?: unknown;
  readonly type?: unknown;
  readonly pattern?: string;
}

const children = ({ properties = {}, items, anyOf = [] }: Node): readonly Node[] => [
  ...Object.values(properties),
  ...(items ? [items] : []),
  ...anyOf,
];

function at(node: Node, keys: readonly string[]): Node | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return node;
  const inner = [node, ...(node.anyOf ?? [])]
    .map((one) => (key === '[]' ? one.items : one.properties?.[key]))
    .find((one) => one !== undefined);
  return inner && at(inner, rest);
}

describe('the schema of the values', () => {
  const schema: Node = valuesSchema();

  it('knows every key of the configuration, each with the pattern of its kind', () => {
    for (const { keys, kind } of FIELDS) {
      const found = at(schema, ['config', ...keys]);
      expect(found, keys.join('.')).toBeDefined();
      expect(found?.pattern, keys.join('.')).toBe(PATTERNS[kind] ?? at(jsonSchema(), keys)?.pattern);
    }
  });

  it('describes every value of values.yaml and takes no other', () => {
    const values = parse(read('deploy/helm/warmset/values.yaml')) as Readonly<Record<string, unknown>>;
    const names = Object.keys(schema.properties ?? {}).filter((name) => name !== 'global');
    expect(names.sort()).toEqual(Object.keys(values).sort());
    const open: string[] = [];
    walk(schema, '', (path, node) => {
      if (node.properties && node.additionalProperties !== false) open.push(path);
    });
    // What is handed on to Kubernetes as it is.
    expect(open.filter((path) => path.startsWith('/config'))).toEqual([]);
    expect(schema.additionalProperties).toBe(false);
  });

  function walk(node: Node, path: string, visit: (path: string, node: Node) => void): void {
    visit(path, node);
    for (const [name, inner] of Object.entries(node.properties ?? {})) walk(inner, `${path}/${name}`, visit);
    for (const inner of children({ ...node, properties: {} })) walk(inner, path, visit);
  }
});

const number = fc
  .tuple(fc.nat(9999), fc.option(fc.nat(99)))
  .map(([a, b]) => (b === null ? `${a}` : `${a}.${b}`));
const space = fc.constantFrom('', ' ', '  ');
const unit = (...units: readonly string[]) =>
  fc.constantFrom(...units, ...units.map((one) => one.toUpperCase()));
const sizeUnit = unit(
  '',
  'b',
  'k',
  'ki',
  'kib',
  'kb',
  'm',
  'mib',
  'g',
  'GiB',
  'gb',
  't',
  'tib',
  'p',
  'x',
  'gigs',
  'kbs',
);
const text = (...parts: readonly fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(''));
const stretch = text(
  number,
  space,
  unit('us', 'µs', 'ms', 's', 'sec', 'm', 'min', 'h', 'd', 'y', 'days'),
  space,
);

/** What the keeper's own reader takes, the schema has to take: and it has to refuse what is no such text at all. */
describe.each([
  ['size', parseSize, text(space, number, space, sizeUnit, space)],
  [
    'rate',
    parseRate,
    text(number, space, sizeUnit, space, fc.constantFrom('', '/s', ' / s', '/sec', '/S', '/h')),
  ],
  ['duration', parseDuration, fc.oneof(text(stretch), text(stretch, stretch))],
  ['share', parseShare, text(number, space, fc.constantFrom('', '%', '%%'))],
] as const)('the pattern of a %s', (kind, parseText, texts) => {
  const pattern = new RegExp(PATTERNS[kind] ?? '', '');
  const reads = (value: string): boolean => {
    try {
      parseText(value);
      return true;
    } catch {
      return false;
    }
  };

  it('takes what the keeper takes', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ maxLength: 6 })), (value) => {
        if (reads(value)) expect(value).toMatch(pattern);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses units that there are none of', () => {
    for (const wrong of ['', 'soon', '40Gigs', '-1', '1,5', '5x', '%', '/s', 'GiB'])
      expect(wrong).not.toMatch(pattern);
  });
});
