import { setTimeout as delay } from 'node:timers/promises';
import { type Context, type Entrant, Recorder, type Values } from '../context.ts';
import type { FileSet } from '../corpus.ts';
import { backMemory } from '../measure/back-memory.ts';
import { Neighbour } from '../measure/neighbour.ts';
import { program } from '../measure/programs.ts';
import { run } from '../measure/run.ts';
import { count, makeCold, residentBytes } from '../measure/state.ts';
import { CLI } from '../places.ts';
import type { KindOutcome } from '../results.ts';
import { halves } from './large-fill.ts';

/** What somebody else who reads from the device waits while a set is filled, and what the fill gets. */

interface Rival extends Entrant {
  /** Nothing for the neighbour alone. */
  readonly commandFor: ((files: readonly string[]) => readonly string[]) | null;
}

const warmset = (...options: readonly string[]) => {
  return (files: readonly string[]) => [process.execPath, CLI, 'warm', '--quiet', ...options, ...files];
};

const RIVALS: readonly Rival[] = [
  { id: 'alone', label: 'nobody', command: 'the neighbour alone', needs: [], commandFor: null },
  {
    id: 'warmset',
    label: 'warmset warm',
    command: 'warmset warm FILES',
    needs: [],
    commandFor: warmset(),
  },
  {
    id: 'warmset-unguarded',
    label: 'warmset warm --no-guard',
    command: 'warmset warm --no-guard FILES',
    needs: [],
    commandFor: warmset('--no-guard'),
  },
  {
    id: 'vmtouch',
    label: 'vmtouch -t',
    command: 'vmtouch -t FILES',
    needs: ['vmtouch'],
    commandFor: (files) => ['vmtouch', '-t', '-q', ...files],
  },
  {
    id: 'ionice-cat',
    label: 'ionice -c3 nice -n19 cat',
    command: 'ionice -c3 nice -n19 cat FILES > /dev/null',
    needs: ['cat'],
    commandFor: (files) => ['ionice', '-c3', 'nice', '-n19', 'cat', ...files],
  },
  {
    id: 'willneed',
    label: 'WILLNEED, 1 MiB a call',
    command: 'bench/native/willneed.c',
    needs: [],
    commandFor: () => [program('willneed')],
  },
];

/** Those whose rate without a neighbour is compared: what the guard costs where nobody is to be guarded. */
const ALONE = new Set(['warmset', 'warmset-unguarded']);

const EVERYDAY = new Set(['alone', 'warmset', 'warmset-unguarded', 'vmtouch']);

const BEFORE_MS = 500;
const LIMIT_SECONDS = 8;
// timeout(1) ends what takes longer; then what it did until then counts.
const ENDINGS = [0, 1, 3, 124, 130, 137, 143];

export async function neighbour(context: Context): Promise<KindOutcome> {
  const { options, corpus } = context;
  const set = await corpus.large('large', halves(options.size));
  const theirs = await corpus.large('theirs', [256 * 1024 ** 2]);
  const recorder = new Recorder(context);
  const rivals = recorder.admit(RIVALS.filter(({ id }) => options.mode === 'full' || EVERYDAY.has(id)));
  await recorder.rounds(rivals, async (rival, round) => {
    const place = { round, contender: rival.id };
    await recorder.trial({ ...place, variant: 'with a neighbour' }, () => beside(rival, set, theirs));
    if (!ALONE.has(rival.id)) return;
    await recorder.trial({ ...place, variant: 'alone on the device' }, async () => {
      // What was read a moment ago comes from the memory of a virtual machine's host: it must be so for both, and all of
      // it, not what the trial before left out.
      await makeCold(set);
      await run(['cat', ...set.files], { discard: true });
      await makeCold(set);
      await backMemory(set.bytes);
      return fill(rival, set);
    });
  });
  return recorder.finish({ bytes: set.bytes, files: set.files.length, limit: LIMIT_SECONDS });
}

async function beside(rival: Rival, set: FileSet, theirs: FileSet): Promise<Values> {
  await makeCold(set);
  await backMemory(set.bytes);
  await using reader = await Neighbour.begin(theirs.files[0] ?? '');
  await delay(BEFORE_MS);
  const filled = await fill(rival, set);
  return { ...(await reader.end()), ...filled };
}

async function fill({ commandFor }: Rival, set: FileSet): Promise<Values> {
  if (!commandFor) {
    await delay(LIMIT_SECONDS * 500);
    return {};
  }
  const limited = ['timeout', '--signal=TERM', '--kill-after=2', String(LIMIT_SECONDS)];
  const { cost } = await run([...limited, ...commandFor(set.files)], {
    discard: true,
    accept: ENDINGS,
    paths: set.files,
  });
  return { bytes: set.bytes, resident: residentBytes(await count(set)), wall: cost.wall };
}
