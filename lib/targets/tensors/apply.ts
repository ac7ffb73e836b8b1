import { WarmsetError } from '../../errors.ts';
import { addon } from '../../native/addon.ts';
import type { JobOptions } from '../../native/job.ts';
import { formatBytes } from '../../units.ts';
import { toTargetFailure } from '../target-failure.ts';
import { type ByteRange, type TargetFailure, type WarmFile, type WarmSet, wantedBytes } from '../warm-set.ts';
import { checkRank } from './check-rank.ts';
import { readKvHeads } from './kv-heads.ts';
import { readTensorTable } from './read-table.ts';
import { nameFilter } from './select.ts';
import { selectParts, type TensorChoice } from './select-parts.ts';
import type { Rank } from './slice.ts';
import { lengthOfSpans } from './spans.ts';

export interface TensorSelection extends JobOptions {
  /** A glob on names of tensors, such as `model.layers.[0-9].*`. @default all of them */
  readonly tensors?: string | undefined;
  /** Only the share of this tensor-parallel rank, for loaders that slice. @default all ranks' */
  readonly rank?: Rank | undefined;
  /**
   * What becomes of a model file whose header can't be used: a failure of the set, or it is taken whole.
   * @default 'fail'
   */
  readonly damaged?: 'fail' | 'whole' | undefined;
}

/** A set of which model files are there in parts. */
export interface TensorSet extends WarmSet {
  /** What whoever asked should know: tensors taken whole for want of a rule, damaged files taken whole. */
  readonly notes: readonly string[];
}

type Applied =
  | {
      readonly kind: 'kept';
      readonly file: WarmFile;
      readonly notes: readonly string[];
      readonly unknown: readonly string[];
    }
  | { readonly kind: 'left'; readonly model: true }
  | { readonly kind: 'other'; readonly file: WarmFile }
  | { readonly kind: 'failed'; readonly failure: TargetFailure };

const AT_ONCE = 4;

/**
 * Narrows the safetensors and GGUF files of a set to some of their tensors, or to one rank's share of them, and leaves out
 * those of which nothing is meant. Every other file stays as it is: a server reads its configuration whichever part
 * it loads. Reads the headers, which makes their pages resident.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a pattern or a rank that is none
 */
export async function applyTensorSelection(set: WarmSet, selection: TensorSelection): Promise<TensorSet> {
  const { tensors, rank } = selection;
  if (rank) checkRank(rank);
  if (tensors === undefined && rank === undefined) return { ...set, notes: [] };
  const choice: TensorChoice = { rank, matches: tensors === undefined ? undefined : nameFilter(tensors) };
  const heads = new HeadsByDirectory(selection);
  const applied: Applied[] = [];
  const queue = set.files.entries();
  const worker = async (): Promise<void> => {
    for (const [index, file] of queue) applied[index] = await applyToFile(file, choice, heads, selection);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const files = applied.flatMap((one) => ('file' in one ? [one.file] : []));
  const failures = applied.flatMap((one) => (one.kind === 'failed' ? [one.failure] : []));
  const kept = applied.filter((one) => one.kind === 'kept');
  const missed = kept.length === 0 && failures.length === 0 ? [nothing(tensors, applied)] : [];
  return {
    ...set,
    files,
    failures: [...set.failures, ...failures, ...missed],
    size: files.reduce((sum, file) => sum + wantedBytes(file), 0),
    notes: [...kept.flatMap(({ notes }) => notes), ...tellUnknown(kept.flatMap(({ unknown }) => unknown))],
  };
}

async function applyToFile(
  file: WarmFile,
  choice: TensorChoice,
  heads: HeadsByDirectory,
  { damaged = 'fail', priority, signal }: TensorSelection,
): Promise<Applied> {
  signal?.throwIfAborted();
  try {
    const table = await readTensorTable(file, { priority, signal });
    if (table === null) return { kind: 'other', file };
    const kvHeads = choice.rank && table.format === 'safetensors' ? await heads.of(file) : null;
    const selected = selectParts(table, choice, { pageSize: addon().features().pageSize, kvHeads });
    if (selected === null) return { kind: 'left', model: true };
    const { parts, unknown } = selected;
    const notes =
      choice.rank && table.format === 'gguf'
        ? [`${file.path} is GGUF, of which every rank reads all`]
        : tellScattered(file, parts);
    return { kind: 'kept', file: isWhole(parts, file) ? file : { ...file, parts }, notes, unknown };
  } catch (error) {
    signal?.throwIfAborted();
    if (damaged === 'whole' && WarmsetError.is(error)) {
      return { kind: 'kept', file, notes: [`taken whole: ${error.message}`], unknown: [] };
    }
    return { kind: 'failed', failure: toTargetFailure(file, error) };
  }
}

function isWhole([first, ...rest]: readonly ByteRange[], { size }: WarmFile): boolean {
  return rest.length === 0 && first?.offset === 0 && first.length >= size;
}

function nothing(pattern: string | undefined, applied: readonly Applied[]): TargetFailure {
  const models = applied.filter(({ kind }) => kind === 'left').length;
  return {
    path: pattern ?? '--rank',
    code: 'WARMSET_BAD_TARGET',
    message:
      models === 0
        ? 'None of the files is safetensors or GGUF: there are no tensors to choose among.'
        : `No tensor of ${models === 1 ? 'the model file' : `${models} model files`} has a name like that.`,
    remedy:
      'See warmset targets tensors FILE for the names; quote the pattern so that the shell leaves it alone.',
  };
}

// Each short part is a request of its own: 60,000 of 8 KiB took 23 s on a virtual disk.
const MANY_PARTS = 10_000;
const SHORT_BYTES = 64 * 1024;

function tellScattered({ path }: WarmFile, parts: readonly ByteRange[]): readonly string[] {
  const mean = lengthOfSpans(parts) / parts.length;
  if (parts.length < MANY_PARTS || mean >= SHORT_BYTES) return [];
  return [
    `${path} is wanted in ${parts.length} parts of ${formatBytes(mean)} on average: all of it may be read faster`,
  ];
}

const MOST_TOLD = 5;

/** Names with their numbers left out: layers and experts say the same of a name. */
function tellUnknown(names: readonly string[]): readonly string[] {
  const kinds = [...new Set(names.map((name) => name.replaceAll(/\d+/g, 'N')))];
  if (kinds.length === 0) return [];
  const more = kinds.length > MOST_TOLD ? ` and ${kinds.length - MOST_TOLD} more kinds` : '';
  return [
    `${names.length === 1 ? '1 tensor is' : `${names.length} tensors are`} taken whole, because it isn't known how ranks share them: ${kinds.slice(0, MOST_TOLD).join(', ')}${more}`,
  ];
}

/** Shards of one model lie beside the same config.json. */
class HeadsByDirectory {
  readonly #found = new Map<string, Promise<number | null>>();
  readonly #options: JobOptions;

  constructor({ priority, signal }: JobOptions) {
    this.#options = { priority, signal };
  }

  of(file: WarmFile): Promise<number | null> {
    const directory = file.path.slice(0, file.path.lastIndexOf('/'));
    const heads = this.#found.get(directory) ?? readKvHeads(file, this.#options);
    this.#found.set(directory, heads);
    return heads;
  }
}
