import type { KeeperDependencies } from './dependencies.ts';
import type { MeasuredSet } from './measure-sets.ts';
import type { ProbeSample } from './types.ts';

type Tools = Pick<KeeperDependencies, 'probeOpenMmap' | 'probeReads'>;

/** Measures a few files of each set: open, mmap and single reads of the device. Leaves nothing behind. */
export async function probeSets(
  sets: readonly MeasuredSet[],
  files: number,
  { probeOpenMmap, probeReads }: Tools,
  signal: AbortSignal,
  tell: (sample: ProbeSample) => void,
): Promise<void> {
  for (const { config, files: measured } of sets) {
    const set = { files: measured.flatMap(({ file, failure }) => (failure === null ? file : [])) };
    const emit = (kind: ProbeSample['kind'], milliseconds: readonly number[]): void => {
      if (milliseconds.length > 0) tell({ kind, set: config.name, milliseconds });
    };
    const { opens } = await probeOpenMmap(set, { files, places: 1, signal });
    emit(
      'open',
      opens.map(({ openMs }) => openMs),
    );
    emit(
      'mmap',
      opens.map(({ mmapMs }) => mmapMs),
    );
    const { samples } = await probeReads(set.files, { count: files, signal });
    emit(
      'read',
      samples.flatMap((sample) => (sample.state === 'read' ? sample.milliseconds : [])),
    );
  }
}
