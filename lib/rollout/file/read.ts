import { z } from 'zod';
import { closest } from '../../closest.ts';
import { findings } from '../../config/findings.ts';
import { readConfigFile } from '../../config/load.ts';
import { ConfigError, MOST_PROBLEMS, type Problem, writePath } from '../../config/problem.ts';
import { readYaml, type Yaml } from '../../config/read-yaml.ts';
import { type Path, placeKey } from '../../config/tree.ts';
import { crossCheck, type Slip } from './cross-checks.ts';
import { type RolloutFile, SCHEMA } from './schema.ts';

/**
 * A rollout from its file.
 *
 * @throws ConfigError (`WARMSET_BAD_CONFIG`) with everything that is wrong with it, each with its line and column.
 */
export async function readRollout(path: string, signal?: AbortSignal): Promise<RolloutFile> {
  return parseRollout(await readConfigFile(path, signal), path);
}

/** {@link readRollout} of a text. Pure. */
export function parseRollout(text: string, file: string | null = null): RolloutFile {
  const yaml = readYaml(text);
  const judged = SCHEMA.safeParse(yaml.value);
  const slips: readonly Slip[] = judged.success
    ? crossCheck(judged.data)
    : findings(judged.error.issues, yaml.value).map(({ path, message, remedy, key }) => ({
        path,
        message,
        // The keys that the configuration of a keeper would suggest are none of a rollout's.
        remedy: key ? suggest(path) : remedy,
      }));
  const problems = [
    ...yaml.slips.map(({ path, message, remedy, at }) => ({
      ...place(yaml, at),
      path: writePath(path),
      message,
      remedy,
    })),
    ...slips
      .filter(({ path }) => !yaml.slips.some((slip) => slip.path.every((key, at) => path[at] === key)))
      .map(({ path, message, remedy }) => ({
        ...place(yaml, whereIs(path, yaml)),
        path: writePath(path),
        message,
        remedy,
      })),
  ].map(
    ({ message, remedy, ...problem }): Problem => ({
      file,
      variable: null,
      ...problem,
      // No verb shows a rollout's problems with their remedies beside them: they stand in the message.
      message: remedy === null || remedy === REMEDY ? message : `${message} (${remedy})`,
      remedy,
    }),
  );
  if (problems.length > 0 || !judged.success) {
    throw new ConfigError(file, problems.toSorted(byPlace).slice(0, MOST_PROBLEMS), REMEDY);
  }
  return judged.data;
}

const REMEDY = 'docs/rollout.md describes every key';

function place(yaml: Yaml, offset: number): { readonly line: number; readonly column: number } {
  return yaml.positionOf(offset);
}

function whereIs(path: Path, { places }: Yaml): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = places.get(placeKey(path.slice(0, length)));
    if (found !== undefined) return length === path.length ? found.value : found.key;
  }
  return 0;
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** Every key of the schema, wherever it stands. */
function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own =
    'properties' in schema && typeof schema.properties === 'object'
      ? Object.keys(schema.properties ?? {})
      : [];
  return [...own, ...Object.values(schema).flatMap(keysOf)];
}

function suggest(path: Path): string | null {
  const known = [...new Set(keysOf(rolloutJsonSchema()))];
  const meant = closest(String(path.at(-1)), known);
  return meant === undefined ? REMEDY : `did you mean ${meant}?`;
}

/** For editors that know JSON Schema, of the file as it is written. */
export function rolloutJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(SCHEMA, { io: 'input' }), title: 'A rollout of warmset' };
}
