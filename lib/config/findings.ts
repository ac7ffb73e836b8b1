/** What the schema says is wrong, in words for whoever wrote the file. */
import type { z } from 'zod';
import { closest } from '../closest.ts';
import { sectionAt } from './fields.ts';
import { suggestKey } from './nearest.ts';
import { quote } from './problem.ts';
import type { Path } from './tree.ts';

/** Something wrong with the value at a path, wherever it came from. */
export interface Finding {
  readonly path: Path;
  /** It is the key that is wrong, not the value. */
  readonly key: boolean;
  readonly message: string;
  readonly remedy: string | null;
}

type Issue = z.core.$ZodIssue;

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'a mapping of keys',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const YES_OR_NO: Readonly<Record<string, string>> = {
  yes: 'true',
  on: 'true',
  '1': 'true',
  no: 'false',
  off: 'false',
  '0': 'false',
};

/** @param root the value that was judged */
export function findings(issues: readonly Issue[], root: unknown, below: Path = []): Finding[] {
  return issues.flatMap((issue) => {
    // The schema has no keys but strings and numbers.
    const path: Path = [...below, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
    return describe(issue, path, root);
  });
}

function describe(issue: Issue, path: Path, root: unknown): Finding[] {
  const value = valueAt(root, path);
  const found = (message: string, remedy: string | null = null): Finding[] => [
    { path, key: false, message, remedy },
  ];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => ({
      path: [...path, name],
      key: true,
      message: 'there is no such key',
      remedy: suggestKey(name, path),
    }));
  }
  if (value === undefined) return found('is missing');
  switch (issue.code) {
    case 'invalid_type': {
      const expected = EXPECTED[issue.expected] ?? issue.expected;
      const shown = issue.expected === 'int' || value !== null ? quote(value) : 'nothing';
      return found(`expected ${expected}, received ${shown}`, suggestType(issue.expected, value));
    }
    case 'invalid_value': {
      const words = issue.values.map(String);
      const meant = typeof value === 'string' ? closest(value, words) : undefined;
      return found(
        `${quote(value)} is not one of ${words.join(', ')}`,
        meant === undefined ? null : `did you mean ${meant}?`,
      );
    }
    case 'invalid_union':
      return describeUnion(issue, path, root);
    case 'too_small':
      if (issue.origin === 'array')
        return found('the list is empty', 'name at least one, or leave the key out');
      return found(
        `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}, not ${quote(value)}`,
      );
    case 'too_big':
      return found(`must be at most ${issue.maximum}, not ${quote(value)}`);
    case 'invalid_format':
      return found(`${quote(value)} ${issue.message}`);
    case 'custom':
      return found(issue.message, typeof issue.params?.remedy === 'string' ? issue.params.remedy : null);
    default:
      return found(issue.message);
  }
}

function suggestType(expected: string, value: unknown): string | null {
  if (expected === 'boolean') {
    const meant = YES_OR_NO[String(value).toLowerCase()];
    return meant === undefined ? null : `write ${meant}`;
  }
  if (expected === 'array' && typeof value === 'string') return 'put it into a list: [...]';
  if (expected === 'object' && value === null) return 'give it keys, or leave it out';
  if (expected === 'string' && value !== null && typeof value !== 'object') return 'put it into quotes';
  return null;
}

/** A mapping or a word that switches it off: whoever wrote a mapping wants to know what is wrong in it. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, root: unknown): Finding[] {
  const value = valueAt(root, path);
  const plain: Finding = { path, key: false, message: issue.message, remedy: null };
  if (sectionAt(path) === undefined)
    return [{ ...plain, message: `${plain.message}, received ${quote(value)}` }];
  const inside = issue.errors.filter((branch) =>
    branch.some(({ path: inner, code }) => inner.length > 0 || code === 'unrecognized_keys'),
  );
  const [branch] = inside;
  if (branch !== undefined) return findings(branch, root, path);
  return [
    {
      ...plain,
      message: `expected false or a mapping of keys, received ${value === null ? 'nothing' : quote(value)}`,
    },
  ];
}

/** What is at the path; undefined where nothing is. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Readonly<Record<string | number, unknown>>)[key];
  }, root);
}
