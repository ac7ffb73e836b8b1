import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine, Noise } from './machine.ts';

/** What a run leaves behind: samples and the facts around them, no statistics. bench/README.md is the reference. */

export const SCHEMA = 'warmset.bench/1';

export const KINDS = [
  'large-fill',
  'usual-read-ahead',
  'small-fill',
  'query',
  'already-warm',
  'folios',
  'neighbour',
  'event-loop',
  'memory',
  'start-up',
  'launch',
  'micro',
] as const;
export type KindName = (typeof KINDS)[number];

/** Who is measured. */
export interface Contender {
  readonly id: string;
  /** For people. */
  readonly label: string;
  /** What is run, with FILES, DIRECTORY … for the names. */
  readonly command: string;
}

/** One trial. */
export interface Sample {
  readonly round: number;
  readonly contender: string;
  /** Which of the kind's cases: a set, a state of it; empty where there is one only. */
  readonly variant: string;
  /** Seconds, bytes and counts; a name is absent where it wasn't or couldn't be told. */
  readonly values: Readonly<Record<string, number>>;
}

/** A trial that doesn't count. */
export interface VoidTrial {
  readonly round: number;
  readonly contender: string;
  readonly variant: string;
  readonly why: string;
}

/** Who should have been measured and couldn't be. */
export interface Missing {
  readonly contender: string;
  readonly why: string;
}

export interface KindOutcome {
  /** Sizes and counts that the trials were made with. */
  readonly settings: Readonly<Record<string, number>>;
  readonly contenders: readonly Contender[];
  readonly samples: readonly Sample[];
  readonly voids: readonly VoidTrial[];
  readonly missing: readonly Missing[];
}

export interface ResultFile extends KindOutcome {
  readonly schema: typeof SCHEMA;
  readonly kind: KindName;
  readonly mode: 'full' | 'quick';
  readonly started: string;
  readonly seconds: number;
  readonly seed: number;
  readonly rounds: number;
  readonly machine: Machine;
  readonly noise: Noise;
}

export type Results = Partial<Record<KindName, ResultFile>>;

export async function writeResult(directory: string, result: ResultFile): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${result.kind}.json`);
  await writeFile(path, stringify(result));
  return path;
}

/** One line a sample, so that a new run's difference can be read. */
function stringify({ samples, ...rest }: ResultFile): string {
  const head = JSON.stringify(rest, null, 2).replace(/\n}$/, '');
  const lines = samples.map((sample) => `    ${JSON.stringify(sample)}`);
  return `${head},\n  "samples": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** Those that are there; a directory that isn't is as good as an empty one. */
export async function readResults(directory: string): Promise<Results> {
  const names: readonly string[] = await readdir(directory).catch(() => []);
  const results: Results = {};
  for (const kind of KINDS) {
    if (!names.includes(`${kind}.json`)) continue;
    const read = JSON.parse(await readFile(join(directory, `${kind}.json`), 'utf8')) as ResultFile;
    if (read.schema !== SCHEMA) throw new Error(`${kind}.json is of schema ${read.schema}, not ${SCHEMA}`);
    results[kind] = read;
  }
  return results;
}
