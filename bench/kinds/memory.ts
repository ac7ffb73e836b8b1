import { formatBytes, formatCount } from '../../lib/units.ts';
import { warmCliPlain } from '../contenders/warmset.ts';
import { type Context, Recorder } from '../context.ts';
import type { KindOutcome } from '../results.ts';
import { fillFromCold } from './fill-trial.ts';
import { halves } from './large-fill.ts';

/** Peak memory and time of the CLI as the set grows: neither may depend on it otherwise than in step. */
export async function memory(context: Context): Promise<KindOutcome> {
  const { options, corpus } = context;
  const quarter = Math.ceil(options.size / 4);
  const large = await corpus.large('large', halves(options.size));
  const one = await corpus.large('quarter', [quarter]);
  const two = await corpus.join('half', [one, await corpus.large('second-quarter', [quarter])]);
  const sets = [one, two, large, await corpus.tree('small', options.files)];
  const recorder = new Recorder(context);
  const cli = warmCliPlain('warmset');
  recorder.admit([cli]);
  await recorder.rounds(sets, (set, round) => {
    const many = set.files.length > 2;
    const variant = many ? `${formatCount(set.files.length)} files` : formatBytes(set.bytes);
    return recorder.trial({ round, contender: cli.id, variant }, async () => ({
      ...(await fillFromCold(cli, set)),
      files: set.files.length,
    }));
  });
  return recorder.finish({ bytes: options.size, files: options.files });
}
