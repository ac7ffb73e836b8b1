import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { work } from '../contenders/warmset.ts';
import { type Context, Recorder } from '../context.ts';
import type { KindOutcome } from '../results.ts';
import { MICRO_CALLS } from '../worker/micro-calls.ts';

/** What one call of the binding costs, by tinybench. */
export async function micro(context: Context): Promise<KindOutcome> {
  const page = join(context.corpus.directory, 'page');
  await writeFile(page, Buffer.alloc(4096, 1));
  const recorder = new Recorder(context);
  recorder.admit(MICRO_CALLS.map((call) => ({ ...call, label: call.command, needs: [] })));
  const milliseconds = context.options.mode === 'full' ? 500 : 100;
  await recorder.rounds(MICRO_CALLS, ({ id }, round) =>
    recorder.trial({ round, contender: id, variant: '' }, async () => ({
      ...(await work<{ median: number; p99: number; calls: number }>('micro', [
        id,
        page,
        String(milliseconds),
      ])),
    })),
  );
  return recorder.finish({ milliseconds });
}
