import { findCat, vmtouch } from '../contenders/readers.ts';
import { warmCliPlain, warmLibrary } from '../contenders/warmset.ts';
import { type Context, Recorder } from '../context.ts';
import type { KindOutcome } from '../results.ts';
import { fillFromCold } from './fill-trial.ts';

/** Cold small files: a tree as of site-packages or a compile cache. */
export async function smallFill(context: Context): Promise<KindOutcome> {
  const set = await context.corpus.tree('small', context.options.files);
  const recorder = new Recorder(context);
  const fillers = recorder.admit([warmCliPlain('warmset'), warmLibrary(), vmtouch, findCat]);
  await recorder.rounds(fillers, (filler, round) =>
    recorder.trial({ round, contender: filler.id, variant: '' }, () => fillFromCold(filler, set)),
  );
  return recorder.finish({ bytes: set.bytes, files: set.files.length });
}
