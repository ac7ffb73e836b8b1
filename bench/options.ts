import { parseArgs } from 'node:util';
import { parseSize } from '../lib/units.ts';
import { KINDS, type KindName } from './results.ts';

export interface Options {
  readonly mode: 'full' | 'quick';
  readonly reportOnly: boolean;
  readonly kinds: readonly KindName[];
  /** Bytes of the large set. */
  readonly size: number;
  /** Number of files of the small set. */
  readonly files: number;
  readonly rounds: number;
  readonly seed: number;
  /** Where the sets are made, on the disk to be measured. */
  readonly dir: string;
}

export const HELP = `npm run bench -- [options]
  --quick          everything, smaller: under 3 minutes
  --report         only writes docs/performance.md anew, from the results that are there
  --only KINDS     some of ${KINDS.join(', ')}
  --size SIZE      the large set (default 4GiB, quick 1GiB)
  --files N        the small set (default 50000, quick 5000)
  --rounds N       interleaved rounds (default 5, quick 1)
  --seed N         of the order of trials and the contents of files (default 1)
  --dir PATH       on the disk to measure (default /var/tmp); what is made there is removed

A full run of everything with its own sizes writes bench/results/ and docs/performance.md;
every other run writes build/bench/results/ and build/bench/performance.md.
`;

const GIB = 1024 ** 3;

export function parseOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      only: { type: 'string' },
      size: { type: 'string' },
      files: { type: 'string' },
      rounds: { type: 'string' },
      seed: { type: 'string' },
      dir: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick } = values;
  return {
    mode: quick ? 'quick' : 'full',
    reportOnly: values.report,
    kinds: values.only === undefined ? KINDS : parseKinds(values.only),
    size: values.size === undefined ? (quick ? GIB : 4 * GIB) : parseSize(values.size, '--size'),
    files: parseCount(values.files, '--files', quick ? 5_000 : 50_000),
    rounds: parseCount(values.rounds, '--rounds', quick ? 1 : 5),
    seed: parseCount(values.seed, '--seed', 1),
    dir: values.dir ?? '/var/tmp',
  };
}

/** Whether the results are those that the published page is made of. */
export function isPublished(options: Options): boolean {
  return (
    options.mode === 'full' && options.size === 4 * GIB && options.files === 50_000 && options.rounds >= 5
  );
}

function parseKinds(text: string): readonly KindName[] {
  return text.split(',').map((word) => {
    const kind = KINDS.find((name) => name === word.trim());
    if (kind === undefined) throw new RangeError(`--only knows ${KINDS.join(', ')}, not ${word}`);
    return kind;
  });
}

function parseCount(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`${name} takes a whole number, not ${text}`);
  return number;
}
