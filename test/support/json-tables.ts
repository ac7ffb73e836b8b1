/** A field as docs/json.md describes it. */
export interface Row {
  readonly types: readonly string[];
  /** In every document, or in every object that it may be in. */
  readonly always: boolean;
  /** Heading and name, which a row of a shared table keeps wherever it is used. */
  readonly origin: string;
}

/** By path: `files[].error.code`. */
export type Table = ReadonlyMap<string, Row>;

interface Written extends Row {
  readonly path: string;
  /** Heading of the shared table that describes what is in it. */
  readonly refersTo: string | null;
  /** The one of several objects there that is meant. */
  readonly meant: string | null;
}

interface Section {
  readonly rows: readonly Written[];
  /** Another document whose fields this one has, too. */
  readonly extended: string | null;
}

const HEADER = /^\| (Field|---) \|/;

export interface Tables {
  /** By the schema of the document; what shared parts say is in each table that refers to them. */
  readonly documents: ReadonlyMap<string, Table>;
  /** By heading, of shared parts, too: the rows that are written there. */
  readonly origins: ReadonlyMap<string, readonly string[]>;
}

/** @param text docs/json.md */
export function readTables(text: string): Tables {
  if (/^(<{7}|={7}$|>{7})/m.test(text)) throw new Error('docs/json.md: a merge has left its markers');
  const sections = new Map<string, Section>();
  for (const section of text.split(/^## /m).slice(1)) {
    const heading = section.slice(0, section.indexOf('\n'));
    const extended = /everything of `(warmset\.\w+\/\d+)`/.exec(section)?.[1] ?? null;
    const lines = section.split('\n').filter((line) => line.startsWith('|') && !HEADER.test(line));
    const rows = lines.flatMap((line) => readLine(line, heading));
    // Documents that look the same share a table.
    for (const name of heading.split(', ')) sections.set(name.replaceAll('`', ''), { rows, extended });
  }
  const documents = [...sections.keys()].filter((name) => name.startsWith('warmset.'));
  return {
    documents: new Map(documents.map((name) => [name, tableOf(name, sections)])),
    origins: new Map([...sections].map(([name, { rows }]) => [name, rows.map(({ origin }) => origin)])),
  };
}

function readLine(line: string, heading: string): readonly Written[] {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
  const [, names = '', types = '', , meaning = '', present = ''] = cells;
  const paths = [...names.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
  if (cells.length !== 7 || paths.length === 0) throw new Error(`docs/json.md: no row of a field: ${line}`);
  const reference = /(?:`(\w+)` )?\[[^\]]*\]\(#([\w-]+)\)/.exec(meaning);
  return paths.map((path) => ({
    path,
    types: types.split(/, /),
    always: /^(always|in every )/.test(present),
    origin: `${heading} ${path}`,
    refersTo: reference?.[2] ?? null,
    meant: reference?.[1] ?? null,
  }));
}

function tableOf(name: string, sections: ReadonlyMap<string, Section>): Table {
  const { rows, extended } = sections.get(name) ?? { rows: [], extended: null };
  const table = new Map<string, Row>(extended === null ? [] : tableOf(extended, sections));
  const shared = new Map([...sections].map(([heading, section]) => [anchorOf(heading), section.rows]));
  for (const row of rows) {
    table.set(row.path, row);
    for (const below of sharedRows(row, shared)) {
      const place = row.types.includes('array') ? `${row.path}[]` : row.path;
      table.set(`${place}${below.inside}`, below.row);
    }
  }
  return table;
}

/** What a shared table says of what is in this field, without the name that its object has there. */
function sharedRows({ path, refersTo, meant }: Written, shared: ReadonlyMap<string, readonly Written[]>) {
  const rows = (refersTo === null ? undefined : shared.get(refersTo)) ?? [];
  const last = path.slice(path.lastIndexOf('.') + 1);
  const roots = new Set(rows.map((row) => rootOf(row.path)));
  const root = roots.size === 1 ? [...roots][0] : (meant ?? last);
  return rows.flatMap((row) => {
    const inside = row.path.slice(rootOf(row.path).length).replace(/^\[\]/, '');
    return rootOf(row.path) === root && inside !== '' ? [{ inside, row }] : [];
  });
}

const rootOf = (path: string): string => /^\w+/.exec(path)?.[0] ?? '';

/** As GitHub makes it. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');
