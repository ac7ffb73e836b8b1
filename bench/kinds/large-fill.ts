import type { Filler } from '../contenders/filler.ts';
import { type FioConfig, fio, sweep } from '../contenders/fio.ts';
import { cat, dd, parallelCat, parallelStretches, vmtouch, willneed } from '../contenders/readers.ts';
import { warmCli, warmLibrary } from '../contenders/warmset.ts';
import { type Context, Recorder } from '../context.ts';
import type { FileSet } from '../corpus.ts';
import type { KindOutcome } from '../results.ts';
import { fillFromCold, readAfterwards } from './fill-trial.ts';

/** Cold large files: how fast they come in, what that costs, and what their reader pays afterwards. */

const OURS = [
  warmCli('warmset', []),
  warmCli('warmset-untouched', ['--no-touch']),
  warmCli('warmset-normal', ['--priority', 'normal']),
  warmLibrary(),
  warmLibrary(false),
  ...['populate', 'sendfile', 'read', 'willneed'].map((engine) =>
    warmCli(`warmset-${engine}`, ['--priority', 'normal', '--engine', engine]),
  ),
];
const EVERYDAY = new Set(['warmset', 'warmset-untouched', 'warmset-normal', 'warmset-library']);
const PEERS = [vmtouch, cat, dd, parallelCat, parallelStretches, willneed];
const EVERYDAY_PEERS = [vmtouch, cat, dd, parallelCat, willneed];

/** fio's best of each of these go through all rounds. */
const FINALISTS = { full: 2, quick: 1 };

export async function largeFill(context: Context): Promise<KindOutcome> {
  const { options, corpus, log } = context;
  const full = options.mode === 'full';
  const set = await corpus.large('large', halves(options.size));
  const recorder = new Recorder(context);
  const known = recorder.admit([
    ...OURS.filter(({ id }) => full || EVERYDAY.has(id)),
    ...(full ? PEERS : EVERYDAY_PEERS),
  ]);
  const finalists = await chooseFio(recorder, set, context);
  log(`fio's best: ${finalists.map(({ label }) => label).join('; ')}`);
  await recorder.rounds([...known, ...finalists], (filler, round) =>
    recorder.trial({ round, contender: filler.id, variant: '' }, async () => {
      const filled = await fillFromCold(filler, set);
      // What reads directly leaves nothing behind to be read.
      const kept = (filled.resident ?? 0) >= set.bytes * 0.995;
      return kept ? { ...filled, ...(await readAfterwards(set)) } : filled;
    }),
  );
  return recorder.finish({ bytes: set.bytes, files: set.files.length });
}

/** The large set: two files. */
export function halves(size: number): readonly number[] {
  return [Math.ceil(size / 2), Math.floor(size / 2)];
}

/** Tries every way once and keeps the fastest, buffered and direct. */
async function chooseFio(recorder: Recorder, set: FileSet, { options }: Context): Promise<readonly Filler[]> {
  const configs = sweep(options.mode);
  const admitted = recorder.admit(configs.map((config) => ({ ...fio(config), config })));
  for (const filler of admitted) {
    await recorder.trial({ round: 0, contender: filler.id, variant: 'sweep' }, () =>
      fillFromCold(filler, set),
    );
  }
  const rateOf = (id: string): number => {
    const sample = recorder.samples.find(({ contender, variant }) => contender === id && variant === 'sweep');
    return sample ? (sample.values.bytes ?? 0) / (sample.values.own ?? Number.POSITIVE_INFINITY) : 0;
  };
  const best = (wanted: (config: FioConfig) => boolean): readonly Filler[] =>
    admitted
      .filter(({ config }) => wanted(config))
      .sort((a, b) => rateOf(b.id) - rateOf(a.id))
      .slice(0, FINALISTS[options.mode]);
  return [...best(({ direct }) => !direct), ...best(({ direct }) => direct)];
}
