import { type Command, Option } from 'commander';
import { CHANGES_DIRECTORY, type ChangeOptions } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import { readRange } from '../../native/read-range.ts';
import { PERSIST, type Persist } from '../../storage/persist/plan-persist.ts';
import {
  choosePolicy,
  LAYOUT_NAMES,
  type LayoutName,
  type PolicyRule,
  parsePolicy,
} from '../../storage/placement/index.ts';
import { STORAGE_STEPS } from '../../storage/step-kinds.ts';
import { stringifyJson } from '../render/json.ts';
import type { Session } from '../session.ts';

/** What `storage overlay` and `storage bind` have in common. */
export interface LayerFlags {
  readonly json?: boolean;
  readonly local?: string;
  readonly layout?: readonly LayoutName[];
  readonly policy?: string;
  readonly share?: readonly string[];
  readonly keepLocal?: readonly string[];
  readonly seed?: readonly string[];
  readonly persist: Persist;
  readonly state: string;
}

export function addLayerOptions(command: Command): Command {
  return command
    .option('--local <dir>', 'of this node alone (default: .NAME.warmset beside the path)')
    .addOption(
      new Option('--layout <name...>', 'whose directories these are (default: all)').choices([
        ...LAYOUT_NAMES,
      ]),
    )
    .option('--policy <file>', 'more rules of placement, as JSON')
    .option('--share <dir...>', 'relative: leave it to the shared base')
    .option('--keep-local <dir...>', 'relative: an ordinary directory of this node')
    .option('--seed <dir...>', 'relative: the same, filled once from the shared base')
    .addOption(
      new Option('--persist <how>', 'keep the mounts over a boot').choices([...PERSIST]).default('none'),
    )
    .addOption(stateOption())
    .option('--json', 'JSON for programs');
}

export function stateOption(): Option {
  return new Option('--state <dir>', 'where changes are written down').default(CHANGES_DIRECTORY);
}

const MOST_POLICY_BYTES = 1 << 20;

export async function policyOf(flags: LayerFlags, { signal }: Session): Promise<readonly PolicyRule[]> {
  const { layout, policy, share, keepLocal, seed } = flags;
  const rules =
    policy === undefined
      ? []
      : parsePolicy(
          policy,
          (await readRange(policy, { length: MOST_POLICY_BYTES, signal })).toString('utf8'),
        );
  return choosePolicy({ layouts: layout, rules, share, local: keepLocal, seed });
}

export function changeOptions(state: string, { signal }: Session): ChangeOptions {
  return { kinds: STORAGE_STEPS, directory: state, signal };
}

/** An option that the action can't do without. */
export function needed(value: string | undefined, option: string, example: string): string {
  if (value !== undefined) return value;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${option} is missing`, { remedy: `say it: ${example}` });
}

/** Prints a document as JSON, or the lines that people read. */
export function printer(
  json: boolean | undefined,
  session: Session,
): (document: object, lines: () => readonly string[]) => Promise<void> {
  return async (document, lines) => {
    if (json) await session.out.write(`${stringifyJson(session.terminal, document)}\n`);
    else await session.out.writeLines(lines());
  };
}
