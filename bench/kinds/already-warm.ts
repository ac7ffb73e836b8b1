import { warmCli, work } from '../contenders/warmset.ts';
import { type Context, Recorder } from '../context.ts';
import { requireWarm } from '../measure/state.ts';
import type { KindOutcome } from '../results.ts';
import { halves } from './large-fill.ts';

/** What `warm` costs where there is nothing to do: a keeper asks all day long. */
export async function alreadyWarm(context: Context): Promise<KindOutcome> {
  const set = await context.corpus.large('large', halves(context.options.size));
  const recorder = new Recorder(context);
  const cli = warmCli('warmset', []);
  const library = {
    id: 'warmset-library',
    label: 'warm() in a running Node process',
    command: 'await warm(set)',
    needs: [],
  };
  recorder.admit([cli, library]);
  await cli.fill(set);
  await recorder.rounds([cli.id, library.id], (id, round) =>
    recorder.trial({ round, contender: id, variant: '' }, async () => {
      await requireWarm(set);
      if (id === cli.id) return { bytes: set.bytes, wall: (await cli.fill(set)).cost.wall };
      const { firstSeconds, seconds } = await work<{ firstSeconds: number; seconds: number }>(
        'rewarm',
        set.targets,
      );
      return { bytes: set.bytes, first: firstSeconds, call: seconds };
    }),
  );
  return recorder.finish({ bytes: set.bytes, files: set.files.length });
}
