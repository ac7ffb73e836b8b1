import { crossCheck } from './cross-checks.ts';
import { type EffectiveValue, effectiveValues } from './effective.ts';
import { type Environment, override } from './environment.ts';
import { type Finding, findings, valueAt } from './findings.ts';
import { ConfigError, MOST_PROBLEMS, type Problem, writePath } from './problem.ts';
import { readYaml, type Yaml } from './read-yaml.ts';
import { type Config, SCHEMA } from './schema.ts';
import { type Path, type Place, placeKey, type Slip } from './tree.ts';

export interface ParseOptions {
  /** What errors call the text. @default null */
  readonly file?: string | null | undefined;
  /** Variables that go before the file. @default {} */
  readonly env?: Environment | undefined;
}

export interface ParsedConfig {
  readonly config: Config;
  /** What was ignored and perhaps not meant to be. */
  readonly warnings: readonly Problem[];
  /** Every value with where it came from, in the order of the schema. */
  readonly values: readonly EffectiveValue[];
}

/**
 * A configuration from the text of a YAML file; `null` for none, where the environment has everything. Pure.
 *
 * @throws ConfigError (`WARMSET_BAD_CONFIG`) with all problems at once, each with its line and column or its variable.
 */
export function parseConfig(text: string | null, options: ParseOptions = {}): ParsedConfig {
  const { file = null, env = {} } = options;
  const yaml = readYaml(text ?? '');
  const { value, variables, warnings } = override(yaml.value, env);
  const whereabouts: Whereabouts = { yaml, variables, file, isFile: text !== null };
  const judged = SCHEMA.safeParse(value);
  const found = [...(judged.success ? [] : findings(judged.error.issues, value)), ...crossCheck(value)];
  const problems = [
    ...yaml.slips.map((slip) => locateSlip(slip, whereabouts)),
    ...found
      .filter((finding) => !isConsequence(finding, yaml, value))
      .map((finding) => locate(finding, whereabouts)),
  ].sort(byPlace);
  if (problems.length > 0 || !judged.success) throw new ConfigError(file, problems.slice(0, MOST_PROBLEMS));
  return {
    config: judged.data,
    warnings: [...yaml.doubts.map((slip) => locateSlip(slip, whereabouts)), ...warnings],
    values: effectiveValues(judged.data, (path) => sourceOf(path, whereabouts)),
  };
}

interface Whereabouts {
  readonly yaml: Yaml;
  readonly variables: ReadonlyMap<string, string>;
  readonly file: string | null;
  readonly isFile: boolean;
}

/** Where form is wrong values are missing, and to say that too would only hide it. */
function isConsequence({ path }: Finding, { slips }: Yaml, root: unknown): boolean {
  if (valueAt(root, path) !== undefined) return false;
  return slips.some((slip) => slip.path.every((key, index) => path[index] === key));
}

/** What is known of a path or of the nearest one around it. */
function lookUp<T>(path: Path, known: ReadonlyMap<string, T>): T | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = known.get(placeKey(path.slice(0, length)));
    if (found !== undefined) return found;
  }
  return undefined;
}

const GIVE_SOMETHING = 'name a configuration file, or give targets in WARMSET_TARGETS';

function locate({ path, key, message, remedy }: Finding, around: Whereabouts): Problem {
  const { yaml, variables, file, isFile } = around;
  const common = { path: writePath(path), message, remedy };
  const variable = lookUp(path, variables);
  if (variable !== undefined || !isFile) {
    const nowhere = { file: null, line: null, column: null, variable: variable ?? null };
    return { ...nowhere, ...common, remedy: remedy ?? (variable === undefined ? GIVE_SOMETHING : null) };
  }
  const own = yaml.places.get(placeKey(path));
  // Of what is missing the section is named that it is missing from.
  const place: Place = own ?? lookUp(path, yaml.places) ?? { key: 0, value: 0 };
  return { file, ...yaml.positionOf(own && !key ? place.value : place.key), variable: null, ...common };
}

function locateSlip({ at, path, message, remedy }: Slip, { yaml, file }: Whereabouts): Problem {
  return { file, ...yaml.positionOf(at), variable: null, path: writePath(path), message, remedy };
}

function byPlace(a: Problem, b: Problem): number {
  const last = Number.MAX_SAFE_INTEGER;
  return (a.line ?? last) - (b.line ?? last) || (a.column ?? last) - (b.column ?? last);
}

function sourceOf(path: Path, { yaml, variables }: Whereabouts): EffectiveValue['source'] {
  const variable = variables.get(placeKey(path));
  if (variable !== undefined) return { kind: 'environment', variable };
  const place = yaml.places.get(placeKey(path));
  return place === undefined ? { kind: 'default' } : { kind: 'file', ...yaml.positionOf(place.key) };
}
