import type { Config } from '../config/index.ts';
import type { KeeperDependencies } from './dependencies.ts';
import type { MeasuredSet } from './measure-sets.ts';
import { toFailure } from './problems.ts';
import { sleep } from './sleep.ts';
import type { Tell } from './turns.ts';
import type { ProbeSample } from './types.ts';

type Tools = Pick<KeeperDependencies, 'probeOpenMmap' | 'probeReads'>;

// How often is looked whether there is anything to probe yet.
const FIRST_PROBE_MS = 1_000;

export interface ProbeTask {
  /** As they are now: a reload changes them. */
  readonly options: () => Config['probe'];
  readonly measured: () => readonly MeasuredSet[];
  readonly host: Tools;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** Probes again and again until the signal comes. Never rejects: what fails is a problem. */
export async function probeOnAndOn({ options, measured, host, signal, tell }: ProbeTask): Promise<void> {
  while (!signal.aborted) {
    const { interval, files } = options();
    const sets = measured();
    await probeSets(sets, files, host, signal, (sample) => tell('probe', sample)).catch((error: unknown) => {
      if (!signal.aborted) tell('problem', { what: 'probe', failure: toFailure(error) });
    });
    await sleep(sets.length > 0 ? interval : Math.min(interval, FIRST_PROBE_MS), signal);
  }
}

/** Measures a few files of each set: open, mmap and single reads of the device. Leaves nothing behind. */
async function probeSets(
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
