import { compareNames } from '../path-names.ts';

/** One part of a GGUF model that is split into several files. */
export interface Split {
  /** What all parts share: the name before `-00001-of-00005.gguf`. */
  readonly stem: string;
  /** From 1. */
  readonly part: number;
  readonly parts: number;
}

const SPLIT = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/s;
const GGUF = /\.gguf$/i;

export function isGguf(name: string): boolean {
  return GGUF.test(name);
}

/** The split that a name tells of; undefined for one that is whole, or whose numbers contradict each other. Pure. */
export function parseSplit(name: string): Split | undefined {
  const [, stem, part, parts] = SPLIT.exec(name) ?? [];
  if (stem === undefined) return undefined;
  const split = { stem, part: Number(part), parts: Number(parts) };
  return split.part >= 1 && split.part <= split.parts ? split : undefined;
}

/** The name of a part, as llama.cpp makes it. Pure. */
export function splitName({ stem, parts }: Split, part: number): string {
  return `${stem}-${pad(part)}-of-${pad(parts)}.gguf`;
}

function pad(number: number): string {
  return String(number).padStart(5, '0');
}

/** A projector (images, sound) or the heads of multi-token prediction: loaded beside a model, if its name is given. */
export function isSideFile(name: string): boolean {
  return isGguf(name) && /(^|[-_.])mmproj([-_.])|^mtp-/i.test(name);
}

/** A model's file or files, and which parts of it aren't there. */
export interface GgufModel {
  readonly names: readonly string[];
  readonly missing: readonly string[];
}

// A name can claim 99,999 parts; nobody needs that many names to see what is wrong.
const MOST_MISSING = 8;

/** The models among some names, in natural order, each with its parts in theirs; side files are none of them. Pure. */
export function ggufModels(names: readonly string[]): readonly GgufModel[] {
  const there = new Set(names);
  const seen = new Set<string>();
  const models: GgufModel[] = [];
  for (const name of names.filter((one) => isGguf(one) && !isSideFile(one)).sort(compareNames)) {
    const split = parseSplit(name);
    const key = split ? `${split.stem}/${split.parts}` : name;
    if (seen.has(key)) continue;
    seen.add(key);
    models.push(split ? partsOf(split, there) : { names: [name], missing: [] });
  }
  return models;
}

/** Every part of a split that is there, in order. Pure. */
export function partsOf(split: Split, there: ReadonlySet<string>): GgufModel {
  const names: string[] = [];
  const missing: string[] = [];
  for (let part = 1; part <= split.parts; part += 1) {
    const name = splitName(split, part);
    if (there.has(name)) names.push(name);
    else if (missing.length < MOST_MISSING) missing.push(name);
  }
  return { names, missing };
}
