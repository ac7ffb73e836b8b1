import { type Command, Option } from 'commander';
import { WarmsetError } from '../../errors.ts';
import { ENGINES, type Engine, type WarmOptions } from '../../fill/index.ts';
import type { Priority } from '../../native/job.ts';

import type { ServerKind } from '../../server-kind.ts';

import type { Rank } from '../../targets/index.ts';
import { parseRank } from '../../targets/tensors/check-rank.ts';

import { parseRate, parseShare, parseSize } from '../../units.ts';

/** Options that several verbs share; each adds those it has. */

export interface TargetFlags {
  readonly null?: boolean;
  readonly order?: 'name' | 'load';
  readonly rules?: ServerKind;
  readonly tensors?: string;
  readonly rank?: Rank;
  readonly damaged?: 'fail' | 'whole';
}

const SERVERS: readonly ServerKind[] = ['vllm', 'sglang', 'tensorrt-llm', 'llama.cpp', 'ollama', 'tgi'];

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
  readonly touch?: boolean;
  readonly rate?: number;
  readonly guard: boolean;
}

export function withTargets(command: Command): Command {
  return withOrder(
    command
      .argument('<target...>', `${TARGETS}; - for a list of names on standard input`)
      .option('-0, --null', 'names on standard input end with a zero byte, not with a line (find -print0)'),
  );
}

export const TARGETS =
  'files, directories, globs, hf:ORG/NAME[@REVISION], ollama:NAME[:TAG], llama:ORG/REPO[:QUANT], compile-caches or python:VENV';

export function withOrder(command: Command): Command {
  return command
    .addOption(
      oneOf(
        new Option(
          '--order <how>',
          'load takes of directories what a server reads of the models in them, in its order (default: name)',
        ),
        ['name', 'load'],
      ),
    )
    .addOption(
      oneOf(
        new Option('--rules <server>', 'whose rules say which weights are read (default: vllm)'),
        SERVERS,
      ),
    );
}

/** For verbs that can work with parts of model files. */
export function withTensors(command: Command): Command {
  return command
    .option('--tensors <glob>', "of safetensors and GGUF files only these tensors: 'model.layers.[0-9].*'")
    .option('--rank <r/n>', 'of safetensors files only what this tensor-parallel rank reads: 0/8', parseRank)
    .addOption(
      oneOf(new Option('--damaged <how>', 'with these: what becomes of a model file with a damaged header'), [
        'fail',
        'whole',
      ]),
    );
}

export function withCommon(command: Command, priority: 'idle' | 'normal'): Command {
  return command
    .option('--json', 'JSON for programs, with sizes in bytes')
    .addOption(
      oneOf(new Option('--priority <class>', 'I/O class and nice value of the threads that work'), [
        'idle',
        'normal',
      ]).default(priority),
    );
}

export function withBudget(command: Command): Command {
  return command
    .option('--max-bytes <size>', 'ceiling on the resident bytes of the set, such as 40GiB', (text) =>
      aboveZero(parseSize(text, '--max-bytes'), text, '--max-bytes', 'a size such as 40GiB'),
    )
    .option(
      '--fraction <share>',
      'share of the available memory it may take, such as 30% (default: 50%)',
      (text) => aboveZero(parseShare(text, '--fraction'), text, '--fraction', 'a share such as 30%'),
    );
}

export function withEngine(command: Command): Command {
  return command
    .addOption(oneOf(new Option('--engine <name>', 'how to read (default: by what the kernel has)'), ENGINES))
    .option(
      '--streams <n>',
      'stretches read at once, 1 to 64 (default: 2; 8 for small files, 1 over NVMe/TCP)',
      (text) => wholeNumber(text, '--streams'),
    )
    .option('--window <size>', 'bytes a call, a multiple of the page size (default: 4MiB)', (text) =>
      parseSize(text, '--window'),
    )
    .option(
      '--no-touch',
      'leave to the first reader what it pays for: slow first touches (virtual machines), read-ahead marks',
    )
    .option('--rate <rate>', 'read no faster than this, such as 500MiB/s', (text) =>
      parseRate(text, '--rate'),
    )
    .option('--no-guard', 'read at full speed whoever waits for the device or needs the memory');
}

export function toBudget({ maxBytes, fraction }: BudgetFlags): NonNullable<WarmOptions['budget']> {
  return { maxBytes, fractionOfAvailable: fraction };
}

const MOST_STREAMS = 64;

function wholeNumber(text: string, name: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MOST_STREAMS) return number;
  throw refusal(name, `${JSON.stringify(text)} is not a whole number from 1 to ${MOST_STREAMS}`);
}

/** A budget of zero is a mistake: it would be a long way of doing nothing. */
function aboveZero(value: number, text: string, name: string, such: string): number {
  if (value > 0) return value;
  throw refusal(
    name,
    `${JSON.stringify(text)} allows nothing to be read`,
    `give ${such}, or leave it out; warmset status only looks`,
  );
}

/** An option of a few words. Refused in our own words: Commander's don't name the option by itself. */
export function oneOf(option: Option, words: readonly string[]): Option {
  return option.choices([...words]).argParser((text) => {
    if (words.includes(text)) return text;
    throw refusal(option.long ?? option.flags, `${JSON.stringify(text)} is not one of ${words.join(', ')}`);
  });
}

function refusal(subject: string, message: string, remedy?: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_ARGUMENT', message, {
    subject,
    remedy: remedy ?? 'give one of these, or leave it out',
  });
}
