import { expect, it } from 'vitest';
import {
  choosePolicy,
  decide,
  LAYOUT_NAMES,
  LAYOUTS,
  outermost,
  type PolicyRule,
  parsePolicy,
} from '../../../../lib/storage/placement/index.ts';

const rule = (placement: PolicyRule['placement'], more: Partial<PolicyRule> = {}): PolicyRule => ({
  ...{ path: 'hub/.locks', placement, why: 'w', from: 'default' },
  ...more,
});
const NOTHING = { own: 'nothing', base: 'nothing', parent: false, beside: false } as const;

it('knows where the directories of every server belong', () => {
  for (const name of LAYOUT_NAMES) {
    expect(LAYOUTS[name].length).toBeGreaterThan(2);
    for (const { path, why } of LAYOUTS[name])
      expect([path.startsWith('/'), why.length > 10]).toEqual([false, true]);
  }
  const placed = new Map(choosePolicy({}).map(({ path, placement }) => [path, placement]));
  expect(placed.get('hub/.locks')).toBe('local');
  expect(placed.get('hub')).toBe('shared');
  expect(placed.get('torch_compile_cache')).toBe('seeded');
  expect(choosePolicy({ layouts: ['ollama'] }).some(({ path }) => path === 'hub')).toBe(false);
});

it('lets the file overrule defaults, and options the file', () => {
  const rules = parsePolicy(
    'p',
    '{"rules":[{"path":"hub/.locks","placement":"shared"},{"path":"x/y","placement":"local","why":"so"}]}',
  );
  const of = (options: Parameters<typeof choosePolicy>[0], path: string) =>
    choosePolicy(options).find((one) => one.path === path);
  expect(of({ rules }, 'hub/.locks')).toMatchObject({ placement: 'shared', from: 'file' });
  expect(of({ rules, local: ['hub/.locks/'] }, 'hub/.locks')).toMatchObject({
    placement: 'local',
    from: 'option',
  });
  expect(of({ rules }, 'x/y')).toMatchObject({ placement: 'local', why: 'so' });
});

it.each([
  '{',
  '{}',
  '{"rules":[{"path":"/etc","placement":"local"}]}',
  '{"rules":[{"path":"a/../b","placement":"local"}]}',
  '{"rules":[{"path":"a","placement":"gone"}]}',
])('refuses %s as a policy', (text) => {
  expect(() => parsePolicy('p.json', text)).toThrow(
    expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT', subject: 'p.json' }),
  );
});

it.each(['../x', '/etc', 'a//b', '.', ''])('refuses to place %j', (path) => {
  expect(() => choosePolicy({ local: [path] })).toThrow(/relative path/);
});

it('applies defaults where they fit, and wishes or a refusal', () => {
  expect(decide(rule('shared'), { ...NOTHING, own: 'directory' })).toEqual({ state: 'passed' });
  expect(decide(rule('local'), NOTHING)).toEqual({ state: 'passed' });
  expect(decide(rule('local'), { ...NOTHING, parent: true })).toMatchObject({ state: 'placed' });
  expect(decide(rule('local', { path: 'logs' }), { ...NOTHING, parent: true })).toEqual({ state: 'passed' });
  expect(decide(rule('local', { path: 'logs', from: 'option' }), NOTHING)).toMatchObject({ state: 'placed' });
  expect(
    decide(rule('local', { path: '.locks', beside: 'models--' }), { ...NOTHING, beside: true }),
  ).toMatchObject({ state: 'placed' });
  expect(decide(rule('local'), { ...NOTHING, own: 'other' })).toEqual({ state: 'passed' });
  expect(decide(rule('local', { from: 'file' }), { ...NOTHING, base: 'other' })).toMatchObject({
    state: 'misfit',
  });
  expect(decide(rule('seeded'), { ...NOTHING, own: 'directory' })).toEqual({ state: 'passed' });
  expect(decide(rule('seeded', { from: 'option' }), NOTHING)).toMatchObject({ state: 'misfit' });
  expect(decide(rule('seeded'), { ...NOTHING, base: 'directory' })).toMatchObject({ state: 'placed' });
});

it('keeps the outermost of places within each other', () => {
  const placed = ['a/b', 'a', 'ab', 'c/d'].map((path) => ({ path, placement: 'local' as const, why: '' }));
  expect(outermost(placed).map(({ path }) => path)).toEqual(['a', 'ab', 'c/d']);
});
