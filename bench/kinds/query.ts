import { writeFile } from 'node:fs/promises';
import { formatBytes, formatCount } from '../../lib/units.ts';
import { ASKERS, emptyFile } from '../contenders/askers.ts';
import { type Context, Recorder } from '../context.ts';
import { type FileSet, fitsInMemory } from '../corpus.ts';
import { program } from '../measure/programs.ts';
import { run } from '../measure/run.ts';
import { makeCold, requireWarm } from '../measure/state.ts';
import { CLI } from '../places.ts';
import type { KindOutcome } from '../results.ts';
import { halves } from './large-fill.ts';

/** How long it takes to learn what is resident: of large sets and of many files, cold, half, and warm in both layouts. */

interface State {
  readonly name: string;
  readonly share: number;
  make(set: FileSet): Promise<unknown>;
}

const advise = (set: FileSet, share: number): Promise<unknown> =>
  run([program('willneed'), String(share)], { paths: set.files });

const warm = ({ targets }: FileSet): Promise<unknown> =>
  run([process.execPath, CLI, 'warm', '--quiet', '--fraction', '95%', ...targets], { discard: true });

const COLD: State = { name: 'cold', share: 0, make: async () => undefined };

const STATES: readonly State[] = [
  COLD,
  { name: 'half', share: 0.5, make: (set) => advise(set, 0.5) },
  { name: 'warm, 4 KiB folios', share: 1, make: (set) => advise(set, 1) },
  { name: 'warm, large folios', share: 1, make: warm },
];

/** Small files have neither large folios nor a half that could be checked. */
const TREE_STATES: readonly State[] = [COLD, { name: 'warm', share: 1, make: warm }];

export async function query(context: Context): Promise<KindOutcome> {
  const recorder = new Recorder(context);
  const askers = recorder.admit(ASKERS);
  const empty = emptyFile(context.corpus.directory);
  await writeFile(empty, '');
  const times = context.options.mode === 'full' ? 5 : 3;
  for (const set of await makeSets(context)) {
    const name = set.files.length > 2 ? `${formatCount(set.files.length)} files` : formatBytes(set.bytes);
    for (const state of set.files.length > 2 ? TREE_STATES : STATES) {
      const variant = `${name}, ${state.name}`;
      // Asking changes nothing: the state is made once for all rounds, and proved to be still there behind them.
      const ready = await prepare(recorder, set, state, variant);
      if (!ready) continue;
      await recorder.rounds(askers, (asker, round) =>
        recorder.trial({ round, contender: asker.id, variant }, () => asker.ask(set, empty, times)),
      );
      await recorder.trial({ round: 0, contender: 'state', variant }, async () => ({
        mincore: (await requireWarm(set, state.share)).mincore,
      }));
    }
    await makeCold(set).catch(() => undefined);
  }
  return recorder.finish({ bytes: context.options.size, files: context.options.files });
}

async function prepare(recorder: Recorder, set: FileSet, state: State, variant: string): Promise<boolean> {
  let ready = false;
  await recorder.trial({ round: 0, contender: 'state', variant }, async () => {
    await makeCold(set);
    await state.make(set);
    const { mincore } = await requireWarm(set, state.share);
    ready = true;
    return { mincore };
  });
  return ready;
}

async function makeSets({ options, corpus, log }: Context): Promise<readonly FileSet[]> {
  const small = await corpus.tree('small', options.files);
  const large = await corpus.large('large', halves(options.size));
  if (options.mode === 'quick') return [large, small];
  const quarter = await corpus.large('quarter', [Math.ceil(options.size / 4)]);
  const most = options.size * 4;
  if (fitsInMemory(most)) return [quarter, large, await corpus.large('most', [most]), small];
  log(`${formatBytes(most)} don't fit in memory at once: that set is left out`);
  return [quarter, large, small];
}
