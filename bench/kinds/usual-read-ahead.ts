import { cat, dd, parallelCat, vmtouch, willneed } from '../contenders/readers.ts';
import { warmCli, warmLibrary } from '../contenders/warmset.ts';
import { type Context, Recorder } from '../context.ts';
import { createCorpus } from '../corpus.ts';
import { makeOwnDisk } from '../measure/own-disk.ts';
import type { KindOutcome } from '../results.ts';
import { fillFromCold, readAfterwards } from './fill-trial.ts';
import { halves } from './large-fill.ts';

/** What most disks have. The page's own disk may be set otherwise, and then the kernel helps its readers more than usual. */
const READ_AHEAD_KB = 128;

const EVERYDAY = [warmCli('warmset', []), warmLibrary(), vmtouch];
const FILLERS = [...EVERYDAY, warmCli('warmset-untouched', ['--no-touch']), cat, dd, parallelCat, willneed];

/** Cold large files where the kernel reads no further ahead than it does on most machines. */
export async function usualReadAhead(context: Context): Promise<KindOutcome> {
  const { options, corpus } = context;
  const recorder = new Recorder(context);
  const fillers = recorder.admit(options.mode === 'full' ? FILLERS : EVERYDAY);
  try {
    await using disk = await makeOwnDisk(corpus.directory, options.size * 1.5, READ_AHEAD_KB);
    await using own = await createCorpus(disk.path, options.seed);
    const set = await own.large('large', halves(options.size));
    await recorder.rounds(fillers, (filler, round) =>
      recorder.trial({ round, contender: filler.id, variant: '' }, async () => ({
        ...(await fillFromCold(filler, set)),
        ...(await readAfterwards(set)),
      })),
    );
  } catch (error) {
    // Only root can have such a disk: the result says so.
    await recorder.trial({ round: 0, contender: 'disk', variant: '' }, () => Promise.reject(error));
  }
  return recorder.finish({ bytes: options.size, files: 2, readAheadKb: READ_AHEAD_KB });
}
