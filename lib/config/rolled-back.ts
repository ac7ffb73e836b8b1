import type { ParsedConfig } from './parse.ts';
import { parseConfig } from './parse.ts';
import type { Problem } from './problem.ts';

/** What there is to run with while the rollback flag holds and the rest can't be used: nothing, with the reasons. */
export function disabledConfig(problems: readonly Problem[]): ParsedConfig {
  const { config, values } = parseConfig('{enabled: false, sets: [{name: none, targets: [/]}]}');
  return {
    config: { ...config, sets: [] },
    warnings: problems,
    values: values
      .filter(({ keys }) => keys[0] !== 'sets')
      .map((value) =>
        value.path === 'enabled'
          ? { ...value, source: { kind: 'environment', variable: 'WARMSET_ENABLED' } }
          : value,
      ),
  };
}
