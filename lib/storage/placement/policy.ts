import { z } from 'zod';
import { WarmsetError } from '../../errors.ts';
import { LAYOUT_NAMES, LAYOUTS } from './layouts.ts';
import type { LayoutName, PolicyRule } from './types.ts';

/** A relative path that stays below where it starts. */
export function isInside(path: string): boolean {
  return path !== '' && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

const FILE = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        path: z.string().max(4095).refine(isInside, 'a relative path without . and ..'),
        placement: z.enum(['shared', 'local', 'seeded']),
        why: z.string().max(1000).optional(),
      }),
    )
    .max(1000),
});

/**
 * Pure reading of a policy's file: `{"rules": [{"path": "hub/.locks", "placement": "local", "why": "…"}]}`.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for anything else
 */
export function parsePolicy(name: string, text: string): readonly PolicyRule[] {
  const read = FILE.safeParse(parseJson(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `it is no placement policy: ${where}${issue?.message}`, {
      subject: name,
      remedy: 'write {"rules": [{"path": "hub/.locks", "placement": "local"}]}, with shared, local or seeded',
    });
  }
  return read.data.rules.map(({ path, placement, why }) => ({
    ...{ path, placement, from: 'file' as const },
    why: why ?? 'the policy file says so',
  }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface PolicyOptions {
  /** @default every known layout: a directory's name says what it is */
  readonly layouts?: readonly LayoutName[] | undefined;
  /** Of a policy's file. */
  readonly rules?: readonly PolicyRule[] | undefined;
  readonly share?: readonly string[] | undefined;
  readonly local?: readonly string[] | undefined;
  readonly seed?: readonly string[] | undefined;
}

/**
 * The rules that hold, one a path: the file's go before the defaults, single options before both.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a path that leads out of the directory
 */
export function choosePolicy(options: PolicyOptions): readonly PolicyRule[] {
  const { layouts = LAYOUT_NAMES, rules = [], share = [], local = [], seed = [] } = options;
  const wished = (paths: readonly string[], placement: PolicyRule['placement']): PolicyRule[] =>
    paths.map((path) => ({ path: checked(path), placement, why: 'asked for', from: 'option' }));
  const all: PolicyRule[] = [
    ...layouts.flatMap((name) => LAYOUTS[name].map((rule) => ({ ...rule, from: 'default' as const }))),
    ...rules,
    ...wished(share, 'shared'),
    ...wished(local, 'local'),
    ...wished(seed, 'seeded'),
  ];
  return [...new Map(all.map((rule) => [rule.path, rule])).values()];
}

function checked(path: string): string {
  const plain = path.replace(/\/+$/, '');
  if (isInside(plain)) return plain;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', 'a placement needs a relative path without . and ..', {
    subject: path,
    remedy: 'name it as it is below the directory, such as hub/.locks',
  });
}
