import { FIELDS, SECTIONS } from './fields.ts';
import { valueAt } from './findings.ts';
import { formatValue } from './format.ts';
import { writePath } from './problem.ts';
import type { Config } from './schema.ts';
import type { Path } from './tree.ts';
import type { Kind } from './values.ts';

/** Where a value came from. Lines and columns from 1. */
export type Source =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string };

/** A value that a configuration holds. */
export interface Leaf {
  readonly keys: Path;
  /** `off` for a section that is switched off as a whole. */
  readonly kind: Kind | 'off';
  /** As in the configuration; undefined for what is decided when it is needed. */
  readonly value: unknown;
}

export interface EffectiveValue extends Leaf {
  /** Such as `sets[0].quota`. */
  readonly path: string;
  /** As it could stand in the file; `null` for what is decided when it is needed. */
  readonly text: string | null;
  readonly source: Source;
}

/** Every value of a configuration, in the order of the schema. */
export function leavesOf(config: Config): Leaf[] {
  const leaves = FIELDS.filter(({ keys }) => keys[0] !== 'sets').flatMap(({ keys, kind }): Leaf[] => {
    const section = keys.slice(0, -1);
    const around = valueAt(config, section);
    if (typeof around === 'object' && around !== null) return [{ keys, kind, value: valueAt(config, keys) }];
    // Once a section, not once a key of it.
    const first = SECTIONS.find((one) => one.keys.join('.') === section.join('.'))?.names[0] === keys.at(-1);
    return first ? [{ keys: section, kind: 'off', value: around }] : [];
  });
  const [enabled = [], rest = []] = [leaves.slice(0, 1), leaves.slice(1)];
  return [...enabled, ...config.sets.flatMap((_set, index) => setLeaves(config, index)), ...rest];
}

/** The values of one set, in the order of the schema. */
export function setLeaves(config: Config, index: number): Leaf[] {
  return FIELDS.filter(({ keys }) => keys[0] === 'sets').map(({ keys, kind }) => {
    const path: Path = ['sets', index, ...keys.slice(2)];
    return { keys: path, kind, value: valueAt(config, path) };
  });
}

export function effectiveValues(config: Config, sourceOf: (path: Path) => Source): EffectiveValue[] {
  return leavesOf(config).map((leaf) => ({
    ...leaf,
    path: writePath(leaf.keys),
    text: leaf.value === undefined ? null : formatValue(leaf.kind, leaf.value),
    source: sourceOf(leaf.keys),
  }));
}
