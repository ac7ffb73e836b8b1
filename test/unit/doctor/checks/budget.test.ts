import { expect, test } from 'vitest';
import { checkBudget } from '../../../../lib/doctor/checks/budget.ts';
import { cgroup, cgroups, GIB, memory, readings, setOf } from '../healthy.ts';

test('a set that fits is ok, one that does not is a warning naming what binds', () => {
  expect(checkBudget(readings({ set: setOf(30 * GIB) }))).toMatchObject([{ id: 'budget', level: 'ok' }]);
  const [over] = checkBudget(readings({ set: setOf(30 * GIB + 1) }));
  expect(over).toMatchObject({ id: 'budget', level: 'warning' });
  expect(over?.evidence).toContain('fractionOfAvailable binds');
  expect(over?.remedy).toContain('fractionOfAvailable');
});

test('the cgroup and a ceiling of one own bind too', () => {
  const byCgroup = checkBudget(readings({ set: setOf(4 * GIB), cgroups: cgroups(cgroup()) }))[0];
  expect(byCgroup).toMatchObject({ level: 'warning' });
  expect(byCgroup?.evidence).toContain('cgroup binds');
  const byCeiling = checkBudget(readings({ set: setOf(4 * GIB), budgetOptions: { maxBytes: GIB } }))[0];
  expect(byCeiling?.remedy).toContain('maxBytes');
  const raised = readings({ set: setOf(40 * GIB), budgetOptions: { fractionOfAvailable: 0.9 } });
  expect(checkBudget(raised)[0]?.level).toBe('ok');
});

test('without a set, or with one of no bytes, the number alone', () => {
  expect(checkBudget(readings())[0]).toMatchObject({
    level: 'ok',
    title: '30.0 GiB may be made resident now',
  });
  expect(checkBudget(readings({ set: setOf(0) }))[0]?.title).toBe('30.0 GiB may be made resident now');
});

test('nothing known is a problem; limits out of sight are a note', () => {
  const blind = checkBudget(readings({ memory: memory({ memAvailable: null }) }));
  expect(blind).toMatchObject([
    { id: 'budget', level: 'problem', remedy: 'Set maxBytes.' },
    { id: 'budget-unknowns', level: 'note' },
  ]);
  const gaps = ['cgroups above /sys/fs/cgroup are out of sight'];
  const unseen = checkBudget(readings({ cgroups: { state: 'known', version: 2, cgroups: [], gaps } }));
  expect(unseen[1]).toMatchObject({ id: 'budget-unknowns', level: 'note' });
  expect(unseen[1]?.evidence).toContain('out of sight');
});
