import { z } from 'zod';
import { SCHEMA } from './schema.ts';
import { KINDS, type Kind } from './values.ts';

/** One key that holds a value, as the schema describes it. */
export interface Field {
  /** Such as `['sweep', 'interval']`; `[]` stands for each member of a list, as in `['sets', '[]', 'quota']`. */
  readonly keys: readonly string[];
  readonly kind: Kind;
  readonly nullable: boolean;
}

/** A mapping: a section with its keys, or a member of `sets`. */
export interface Section {
  readonly keys: readonly string[];
  /** In the order of the schema. */
  readonly names: readonly string[];
  /** The word that switches the whole section off, where there is one. */
  readonly off: 'false' | 'null' | null;
}

interface Found {
  readonly fields: Field[];
  readonly sections: Section[];
}

interface Around {
  readonly nullable: boolean;
  readonly off: Section['off'];
}

/** Goes through wrappers to what they hold; everything that the schemas of this room are made of is here. */
function visit(schema: z.core.$ZodType, keys: readonly string[], around: Around, found: Found): void {
  const kind = KINDS.get(schema)?.kind;
  if (kind !== undefined) {
    found.fields.push({ keys, kind, nullable: around.nullable });
  } else if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    visit(schema.def.innerType, keys, around, found);
  } else if (schema instanceof z.ZodNullable) {
    visit(schema.def.innerType, keys, { nullable: true, off: 'null' }, found);
  } else if (schema instanceof z.ZodUnion) {
    const mapping = schema.def.options.find((option) => option instanceof z.ZodObject);
    if (mapping) visit(mapping, keys, { ...around, off: 'false' }, found);
  } else if (schema instanceof z.ZodArray) {
    visit(schema.def.element, [...keys, '[]'], NOTHING, found);
  } else if (schema instanceof z.ZodObject) {
    found.sections.push({ keys, names: Object.keys(schema.shape), off: around.off });
    for (const [name, inner] of Object.entries(schema.shape)) visit(inner, [...keys, name], NOTHING, found);
  } else throw new TypeError(`the schema at ${keys.join('.')} is of no known kind`);
}

const NOTHING: Around = { nullable: false, off: null };

function describeSchema(): Found {
  const found: Found = { fields: [], sections: [] };
  visit(SCHEMA, [], NOTHING, found);
  return found;
}

const { fields, sections } = describeSchema();

/** Every key that holds a value, in the order of the schema. */
export const FIELDS: readonly Field[] = fields;
/** Every mapping; the first is the whole file. */
export const SECTIONS: readonly Section[] = sections;

/** A path of the file without its numbers: `['sets', 3, 'quota']` is `sets.[].quota`, the name of a field. */
export function patternOf(path: readonly PropertyKey[]): string {
  return path.map((key) => (typeof key === 'number' ? '[]' : String(key))).join('.');
}

const BY_PATTERN = new Map(FIELDS.map((field) => [patternOf(field.keys), field]));

export function fieldAt(path: readonly PropertyKey[]): Field | undefined {
  return BY_PATTERN.get(patternOf(path));
}

export function sectionAt(path: readonly PropertyKey[]): Section | undefined {
  const pattern = patternOf(path);
  return SECTIONS.find(({ keys }) => patternOf(keys) === pattern);
}
