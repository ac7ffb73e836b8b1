import { work } from '../contenders/warmset.ts';
import { type Context, Recorder } from '../context.ts';
import { makeCold } from '../measure/state.ts';
import type { KindOutcome } from '../results.ts';
import { halves } from './large-fill.ts';

export interface LoopDelay {
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/** How late timers are while a Node service fills at full speed, and without that. */
const ENTRANTS = [
  { id: 'idle', label: 'nothing else', command: 'a timer for as long as a fill takes', needs: [] },
  { id: 'warmset-library', label: 'warm()', command: "await warm(set, { priority: 'normal' })", needs: [] },
  {
    id: 'streams',
    label: 'fs.createReadStream',
    command: 'for await (const chunk of createReadStream(FILE))',
    needs: [],
  },
] as const;

export async function eventLoop(context: Context): Promise<KindOutcome> {
  const set = await context.corpus.large('large', halves(context.options.size));
  const recorder = new Recorder(context);
  await recorder.rounds(recorder.admit(ENTRANTS), ({ id }, round) =>
    recorder.trial({ round, contender: id, variant: '' }, async () => {
      await makeCold(set);
      return { ...(await work<LoopDelay>('event-loop', [id, ...set.targets])) };
    }),
  );
  return recorder.finish({ bytes: set.bytes, files: set.files.length });
}
