import { expect, it } from 'vitest';
import { replaceVariables } from '../../../scripts/grafana/pictures/variables.ts';

it('variables are replaced by their whole names', () => {
  const variables = { canary: 'a', canary_server: 'b', __rate_interval: '15s' };
  expect(replaceVariables('rate(x{i=~"$canary",j=~"$canary_server"}[$__rate_interval])', variables)).toBe(
    'rate(x{i=~"a",j=~"b"}[15s])',
  );
});

it('one that nobody knows is an error, not an empty picture', () => {
  expect(() => replaceVariables('x{node="$node"}', {})).toThrow('$node');
});
