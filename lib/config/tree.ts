/** What a file says, as plain data, with the place of every key and value. */
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { DEEPEST, TOO_DEEP } from './nesting.ts';
import { quote, writePath } from './problem.ts';

export type Path = readonly (string | number)[];

/** Offsets into the text. */
export interface Place {
  /** Of the key; of the value where there is none. */
  readonly key: number;
  readonly value: number;
}

/** A problem by its offset in the text. */
export interface Slip {
  readonly at: number;
  readonly path: Path;
  readonly message: string;
  readonly remedy: string | null;
}

export interface Tree {
  /** Strings, numbers, booleans, null, arrays and objects without a prototype; undefined for an empty file. */
  readonly value: unknown;
  /** By {@link placeKey}. */
  readonly places: ReadonlyMap<string, Place>;
  readonly slips: readonly Slip[];
}

export function placeKey(path: Path): string {
  return JSON.stringify(path);
}

/** Each use of an alias counts what it stands for, so that a few lines can't become a billion values. */
const MOST_VALUES = 100_000;

// Written out, they do what the value would do by itself. Others could turn it into a date or into bytes.
const PLAIN_TAGS = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** The document's content as a tree. What can't be read is left out, with a slip that says why. */
export function readTree(contents: Node | null): Tree {
  const reader = new TreeReader();
  const value = contents === null ? undefined : reader.read(contents, []);
  return { value, places: reader.places, slips: reader.slips };
}

class TreeReader {
  readonly places = new Map<string, Place>();
  readonly slips: Slip[] = [];
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  #values = 0;
  #full = false;

  read(node: unknown, path: Path, key?: number): unknown {
    if (!isNode(node)) return null;
    const at = startOf(node);
    this.places.set(placeKey(path), { key: key ?? at, value: at });
    this.#values += 1;
    if (this.#values > MOST_VALUES) return this.#refuseTheRest(at, path);
    if (isAlias(node)) return this.#readAlias(node, path, key);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    // Aliases can nest what isn't nested in the text.
    if (path.length > DEEPEST) return this.#slip(at, path, TOO_DEEP);
    if (node.tag !== undefined && !PLAIN_TAGS.test(node.tag)) {
      return this.#slip(at, path, `the tag ${quote(node.tag)} means nothing here`, 'leave the tag out');
    }
    if (isScalar(node)) return node.value;
    this.#open.add(node);
    const value = isMap(node)
      ? this.#readMap(node.items, path)
      : node.items.map((item, index) => this.read(item, [...path, index]));
    this.#open.delete(node);
    return value;
  }

  #readAlias(alias: Alias, path: Path, key: number | undefined): unknown {
    const at = startOf(alias);
    const meant = this.#anchors.get(alias.source);
    if (meant === undefined)
      return this.#slip(at, path, `there is no anchor &${printableName(alias.source)} before this`);
    if (this.#open.has(meant))
      return this.#slip(
        at,
        path,
        `*${printableName(alias.source)} stands for something that it is a part of`,
      );
    const value = this.read(meant, path, key);
    // The use and not what it stands for: of the two it is the one that is wrong here.
    this.places.set(placeKey(path), { key: key ?? at, value: at });
    return value;
  }

  #readMap(items: readonly Pair[], path: Path): object {
    // Without a prototype `__proto__` is a key like any other, and refused like any other that is unknown.
    const mapping: Record<string, unknown> = Object.create(null);
    const seen = new Set<string>();
    for (const { key, value } of items) {
      if (this.#full) break;
      const name = this.#readKey(key, path);
      if (name === undefined) continue;
      const inner = [...path, name];
      const at = isNode(key) ? startOf(key) : 0;
      if (seen.has(name)) this.#slip(at, inner, `${quote(name)} is there twice`, 'leave one of them out');
      else mapping[name] = this.read(value, inner, at);
      if (!isNode(value)) this.places.set(placeKey(inner), { key: at, value: at });
      seen.add(name);
    }
    return mapping;
  }

  #readKey(key: unknown, path: Path): string | undefined {
    if (isScalar(key) && typeof key.value === 'string') return key.value;
    const at = isNode(key) ? startOf(key) : (this.places.get(placeKey(path))?.value ?? 0);
    this.#slip(at, path, 'a key must be a word');
    return undefined;
  }

  #refuseTheRest(at: number, path: Path): undefined {
    const why = `the file has more than ${MOST_VALUES} values, what aliases stand for counted each time`;
    if (!this.#full) this.slips.push({ at, path, message: why, remedy: null });
    this.#full = true;
    return undefined;
  }

  #slip(at: number, path: Path, message: string, remedy: string | null = null): undefined {
    this.slips.push({ at, path, message, remedy });
    return undefined;
  }
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function printableName(anchor: string): string {
  return writePath([anchor]);
}
