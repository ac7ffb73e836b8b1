import { expect, test } from 'vitest';
import { conclude, note, ok, problem, warning } from '../../../lib/doctor/finding.ts';

test('the worst come first and equals keep their order', () => {
  const { findings, worst } = conclude([
    ok('a', '', ''),
    note('b', '', ''),
    problem('c', '', ''),
    note('d', '', ''),
    warning('e', '', '', 'x'),
    problem('f', '', ''),
  ]);
  expect(findings.map(({ id }) => id).join('')).toBe('cfebda');
  expect(worst).toBe('problem');
  expect(findings[2]).toEqual({ id: 'e', level: 'warning', title: '', evidence: '', remedy: 'x' });
});

test('nothing found is ok', () => {
  expect(conclude([])).toEqual({ findings: [], worst: 'ok' });
  expect(conclude([note('a', '', ''), ok('b', '', '')]).worst).toBe('note');
});
