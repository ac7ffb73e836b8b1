import { type Command, InvalidArgumentError, Option } from 'commander';
import { ENGINES, type Engine, type WarmOptions } from '../../fill/index.ts';
import type { Priority } from '../../native/job.ts';
import { parseShare, parseSize } from '../../units.ts';

/** Options that several verbs share; each adds those it has. */

export interface TargetFlags {
  readonly null?: boolean;
}

export interface CommonFlags extends TargetFlags {
  readonly json?: boolean;
  readonly priority: Priority;
}

export interface BudgetFlags {
  readonly maxBytes?: number;
  readonly fraction?: number;
}

export interface EngineFlags {
  readonly engine?: Engine;
  readonly streams?: number;
  readonly window?: number;
}

export function withTargets(command: Command): Command {
  return command
    .argument('<target...>', 'files, directories, globs; - for a list on standard input')
    .option('-0, --null', 'the list on standard input is separated by zero bytes');
}

export function withCommon(command: Command, priority: 'idle' | 'normal'): Command {
  return command
    .option('--json', 'machine-readable output')
    .addOption(
      new Option('--priority <class>', 'what the threads run at')
        .choices(['idle', 'normal'])
        .default(priority),
    );
}

export function withBudget(command: Command): Command {
  return command
    .option('--max-bytes <size>', 'ceiling on the resident bytes of the set, such as 40GiB', (text) =>
      parseSize(text, '--max-bytes'),
    )
    .option(
      '--fraction <share>',
      'share of the available memory it may take, such as 30% (default: 50%)',
      (text) => parseShare(text, '--fraction'),
    );
}

export function withEngine(command: Command): Command {
  return command
    .addOption(new Option('--engine <name>', 'how to read (default: chosen)').choices([...ENGINES]))
    .option('--streams <n>', 'stretches read at once', wholeNumber)
    .option('--window <size>', 'bytes a call, such as 2MiB', (text) => parseSize(text, '--window'));
}

export function toBudget({ maxBytes, fraction }: BudgetFlags): NonNullable<WarmOptions['budget']> {
  return { maxBytes, fractionOfAvailable: fraction };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 64) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 64.');
  }
  return number;
}
