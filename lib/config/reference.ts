/** docs/config.schema.json and docs/config.md, made from the schema alone. */
import { z } from 'zod';
import { TARGETS_VARIABLE, variableFor } from './environment.ts';
import { FIELDS, type Field, SECTIONS, type Section } from './fields.ts';
import { SCHEMA } from './schema.ts';
import type { Kind } from './values.ts';

interface Described {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
  readonly items?: Described;
  readonly anyOf?: readonly Described[];
}

/** JSON Schema 2020-12 of what may stand in a file, for editors. */
export function jsonSchema(): object {
  return z.toJSONSchema(SCHEMA, {
    io: 'input',
    target: 'draft-2020-12',
    // Zod takes the examples of a value that is transformed for results; ours are what is written.
    override: ({ zodSchema, jsonSchema }) => {
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
}

const KIND_NAMES: Readonly<Record<Kind, string>> = {
  size: 'size, bytes',
  rate: 'rate, bytes/s',
  duration: 'duration, s',
  seconds: 'duration, s',
  milliseconds: 'duration, ms',
  share: 'share, 0 to 1',
  number: 'number',
  words: 'word',
  text: 'text',
  switch: 'true or false',
  address: 'host:port or unix:/path',
  list: 'list of texts',
};

/** The page of all keys. */
export function configPage(): string {
  const root: Described = jsonSchema();
  return `${[INTRODUCTION, ...SECTIONS.map((section) => sectionPart(section, root)), ENVIRONMENT].join('\n\n')}\n`;
}

function sectionPart(section: Section, root: Described): string {
  const { keys, off } = section;
  const described = at(root, keys);
  const title = keys.length === 0 ? 'The top level' : `\`${keys.join('.').replace('.[]', '[]')}\``;
  const variable = off === null ? '' : ` \`${variableFor(keys)}=${off}\` does so too.`;
  return [
    `## ${title}`,
    '',
    `${described.description ?? ''}${variable}`,
    '',
    '| Key | Meaning | Value | Default | Example | Variable |',
    '| --- | --- | --- | --- | --- | --- |',
    ...section.names.map((name) => row([...keys, name], described, root)),
  ].join('\n');
}

function row(keys: readonly string[], section: Described, root: Described): string {
  const name = keys.at(-1) ?? '';
  const path = keys.join('.');
  const described = at(root, keys, false);
  const field = FIELDS.find((one) => one.keys.join('.') === path);
  const inner = SECTIONS.find((one) => one.keys.join('.').replace(/\.\[\]$/, '') === path);
  const value = field ? valueCell(field, described) : name === 'sets' ? 'list of mappings' : 'mapping';
  const fallback = section.required?.includes(name)
    ? 'required'
    : code(inner && described.default !== null ? undefined : described.default);
  const examples = (described.examples ?? []).map((example) => code(example)).join(', ');
  const variable = field && keys[0] !== 'sets' ? `\`${variableFor(keys)}\`` : '';
  return `| \`${name}\` | ${described.description ?? ''} | ${value} | ${fallback} | ${examples} | ${variable} |`;
}

function valueCell({ kind, nullable }: Field, described: Described): string {
  const words = described.enum ?? described.anyOf?.find((one) => one.enum)?.enum;
  const name = kind === 'words' && words ? words.map((word) => code(word)).join(', ') : KIND_NAMES[kind];
  return nullable ? `${name}; or \`null\`` : name;
}

/** What the schema says of a path; `inside` goes into the mapping where there is a choice. */
function at(root: Described, keys: readonly string[], inside = true): Described {
  const found = keys.reduce<Described>((described, key) => {
    const mapping = enter(described);
    return (key === '[]' ? mapping.items : mapping.properties?.[key]) ?? {};
  }, root);
  return inside
    ? { ...enter(found), ...(found.description ? { description: found.description } : {}) }
    : found;
}

function enter(described: Described): Described {
  return described.anyOf?.find(({ properties }) => properties !== undefined) ?? described;
}

function code(value: unknown): string {
  if (value === undefined) return '–';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

const INTRODUCTION = `# Configuration

<!-- Made by npm run docs:config from lib/config/schema.ts; a test fails where it is out of date. -->

A keeper is told what to keep by a YAML 1.2 file, \`warmset.yaml\`. Only \`sets\` is required:

\`\`\`yaml
sets:
  - name: llama
    targets: [/models/llama]
\`\`\`

[examples/warmset.yaml](../examples/warmset.yaml) is longer. \`warmset config check FILE\` says everything that is wrong with
a file, each with its line; \`warmset config show FILE\` prints what it comes to, and where each value came from.
[config.schema.json](config.schema.json) is its JSON Schema: an editor that knows YAML schemas completes keys with it.

- A key that doesn't exist is an error, as is one that is there twice.
- **Sizes** are \`64MiB\`, \`1.5G\`, \`512MB\` or a number of bytes. \`K\` to \`P\` and \`KiB\` to \`PiB\` count in 1024s, \`KB\` to \`PB\`
  in 1000s.
- **Rates** are sizes a second: \`500MiB/s\`.
- **Durations** are \`250ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`2d\`. A number without a unit is in the unit that the column *Value*
  names.
- **Shares** are \`0.3\` or \`30%\`.
- A file may have at most 1 MiB.`;

const ENVIRONMENT = `## Environment

Every key with a variable can be set by it; the variable goes before the file. \`null\` is written as \`null\`; a switch takes
\`1\`, \`true\`, \`yes\`, \`on\` and \`0\`, \`false\`, \`no\`, \`off\`. An empty variable counts as not set. A key of a section that the
file switches off (\`guard: false\`) doesn't switch it on.

\`${TARGETS_VARIABLE}\` makes one set named \`default\` of its targets, one a line, where the file has no sets or there is no file.

\`WARMSET_ENABLED=0\` is the rollback flag: with it a keeper starts and does nothing, even where the file is wrong or missing.

A variable that begins with \`WARMSET_\` and means nothing is a warning.`;
