import { WarmsetError } from '../../errors.ts';
import {
  BUILT_IN_CONDITIONS,
  type Design,
  parseCondition,
  type Reader,
  USUAL_ROUNDS,
} from '../../experiment/index.ts';

/** What of the command line makes a design. */
export interface DesignFlags {
  readonly rounds?: number;
  readonly conditions?: readonly string[];
  readonly condition?: readonly string[];
  readonly reader?: string;
  readonly server?: string;
  readonly url?: string;
  readonly model?: string;
  readonly prompt?: string;
  readonly seed?: number;
  readonly prelude: boolean;
  readonly dropCaches?: boolean;
  readonly scheduler?: readonly string[];
  readonly yes?: boolean;
}

export function splitList(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

export function designOf(flags: DesignFlags & { readonly seed: number }): Design {
  const { rounds = USUAL_ROUNDS, conditions = BUILT_IN_CONDITIONS, condition = [] } = flags;
  const { seed, prelude, dropCaches = false, scheduler = [] } = flags;
  return {
    conditions: [...conditions, ...condition].map(parseCondition),
    rounds,
    seed,
    reader: readerOf(flags),
    prelude,
    dropCaches,
    schedulers: scheduler,
  };
}

function readerOf({ reader = 'scan', server, url, model, prompt }: DesignFlags): Reader {
  if (server !== undefined) {
    return {
      kind: 'server',
      command: server,
      url: url ?? null,
      model: model ?? null,
      prompt: prompt ?? null,
    };
  }
  for (const [name, value] of Object.entries({ url, model, prompt })) {
    if (value === undefined) continue;
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `--${name} is for the server, and none is started`, {
      subject: `--${name}`,
      remedy: 'add --server COMMAND',
    });
  }
  if (reader === 'scan' || reader === 'mmap' || reader === 'read') return { kind: reader };
  if (reader.trim() !== '') return { kind: 'command', command: reader };
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', 'the reader is empty', {
    subject: '--reader',
    remedy: 'give scan, mmap, read or a command',
  });
}
