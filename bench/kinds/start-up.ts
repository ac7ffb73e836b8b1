import { writeFile } from 'node:fs/promises';
import { emptyFile } from '../contenders/askers.ts';
import { type Context, Recorder } from '../context.ts';
import { run } from '../measure/run.ts';
import { CLI } from '../places.ts';
import type { KindOutcome } from '../results.ts';
import { median } from '../statistics.ts';

const TIMES = 5;

/** What a process costs before it does anything. A trial is the median of a few starts. */
export async function startUp(context: Context): Promise<KindOutcome> {
  const empty = emptyFile(context.corpus.directory);
  await writeFile(empty, '');
  const entrant = (id: string, command: string, words: readonly string[]) => ({
    id,
    label: command,
    command,
    needs: [],
    words: [process.execPath, ...words],
  });
  const recorder = new Recorder(context);
  const entrants = recorder.admit([
    entrant('node', 'node -e 0', ['-e', '0']),
    entrant('version', 'warmset --version', [CLI, '--version']),
    entrant('status', 'warmset status EMPTY', [CLI, 'status', empty]),
    entrant('warm', 'warmset warm EMPTY', [CLI, 'warm', empty]),
  ]);
  await recorder.rounds(entrants, ({ id, words }, round) =>
    recorder.trial({ round, contender: id, variant: '' }, async () => {
      const walls: number[] = [];
      let peakMemory = 0;
      for (let time = 0; time < TIMES; time += 1) {
        const { cost } = await run(words, { discard: true });
        walls.push(cost.wall);
        peakMemory = Math.max(peakMemory, cost.peakMemory);
      }
      return { wall: median(walls), peakMemory };
    }),
  );
  return recorder.finish({ startsATrial: TIMES });
}
