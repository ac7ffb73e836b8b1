import { type Row, readTables, type Table, type Tables } from './json-tables.ts';

/** Documents of the program, compared with what docs/json.md says of them; and what of it none of them had. */
export class DocumentCheck {
  readonly #tables: Tables;
  readonly #came = new Set<string>();

  /** @param text docs/json.md */
  constructor(text: string) {
    this.#tables = readTables(text);
  }

  get schemas(): readonly string[] {
    return [...this.#tables.documents.keys()];
  }

  /**
   * Every field is described with its type, and every field that is always there is there. What is in an `open object`
   * isn't looked at, nor what isn't a document of warmset's.
   *
   * @throws with what is wrong in either of them
   */
  check(document: Readonly<Record<string, unknown>>): void {
    const { schema } = document;
    if (typeof schema !== 'string' || !schema.startsWith('warmset.')) return;
    const wrong = new Set<string>();
    new Comparison(this.#tableOf(schema), wrong, this.#came).object(document, '');
    if (wrong.size > 0) throw new Error(`docs/json.md and ${schema} differ:\n${[...wrong].join('\n')}`);
  }

  /**
   * Fields that are described below these headings, and that no document had which was compared.
   *
   * @param headings schemas of documents, or names of shared parts
   */
  neverCame(headings: readonly string[]): readonly string[] {
    const described = headings.flatMap((heading) => {
      const origins = this.#tables.origins.get(heading);
      if (origins === undefined) throw new Error(`docs/json.md has no heading ${heading}`);
      return origins;
    });
    return [...new Set(described)].filter((origin) => !this.#came.has(origin));
  }

  #tableOf(schema: string): Table {
    const table = this.#tables.documents.get(schema);
    if (table === undefined || table.size === 0) throw new Error(`docs/json.md has no table for ${schema}`);
    return table;
  }
}

class Comparison {
  readonly #table: Table;
  readonly #wrong: Set<string>;
  readonly #came: Set<string>;

  constructor(table: Table, wrong: Set<string>, came: Set<string>) {
    this.#table = table;
    this.#wrong = wrong;
    this.#came = came;
  }

  object(value: object, path: string): void {
    const prefix = path === '' ? '' : `${path}.`;
    for (const [key, inner] of Object.entries(value)) this.#value(inner, `${prefix}${key}`);
    for (const [described, { always }] of this.#table) {
      const name = described.startsWith(prefix) ? described.slice(prefix.length) : '';
      if (always && /^\w+$/.test(name) && !(name in value)) this.#wrong.add(`${described}: is missing`);
    }
  }

  #value(value: unknown, path: string): void {
    const row = this.#table.get(path);
    const type = typeOf(value);
    if (row === undefined) {
      if (!this.#isInside(path, type)) this.#wrong.add(`${path}: isn’t described`);
    } else {
      this.#came.add(row.origin);
      if (!fits(value, row)) this.#wrong.add(`${path}: is ${type}`);
      if (row.types.includes('open object')) return;
    }
    if (Array.isArray(value)) this.#items(value, `${path}[]`);
    else if (typeof value === 'object' && value !== null) this.object(value, path);
  }

  #items(items: readonly unknown[], path: string): void {
    const row = this.#table.get(path);
    for (const item of items) {
      if (row !== undefined) this.#value(item, path);
      else if (Array.isArray(item)) this.#items(item, `${path}[]`);
      else if (typeof item === 'object' && item !== null) this.object(item, path);
    }
  }

  /** An object or array is described by what is in it. */
  #isInside(path: string, type: string): boolean {
    const start = type === 'array' ? `${path}[]` : type === 'object' ? `${path}.` : null;
    return start !== null && [...this.#table.keys()].some((key) => key.startsWith(start));
  }
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function fits(value: unknown, { types }: Row): boolean {
  const type = typeOf(value);
  if (type === 'object') return types.includes('object') || types.includes('open object');
  if (!Array.isArray(value)) return types.includes(type);
  const ofStrings = value.every((item) => typeof item === 'string');
  return types.includes('array') || (ofStrings && types.includes('array of strings'));
}
