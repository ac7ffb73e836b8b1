import { folioLayout } from 'warmset';
import type { Filler } from '../contenders/filler.ts';
import { willneed } from '../contenders/readers.ts';
import { warmCli } from '../contenders/warmset.ts';
import { type Context, Recorder, type Values } from '../context.ts';
import type { FileSet } from '../corpus.ts';
import { program } from '../measure/programs.ts';
import { run } from '../measure/run.ts';
import { makeCold, requireWarm } from '../measure/state.ts';
import type { KindOutcome } from '../results.ts';
import { halves } from './large-fill.ts';

/** What the layout of the same cached bytes means to their reader: single pages beside huge folios. */

const FILLERS: readonly Filler[] = [
  willneed,
  warmCli('warmset-populate', ['--priority', 'normal', '--engine', 'populate']),
];

const HUGE = 2 * 1024 ** 2;

export async function folios(context: Context): Promise<KindOutcome> {
  const { options, corpus } = context;
  const set = await corpus.large('large', halves(options.size));
  const recorder = new Recorder(context);
  await recorder.rounds(recorder.admit(FILLERS), (filler, round) =>
    recorder.trial({ round, contender: filler.id, variant: '' }, async () => {
      await makeCold(set);
      await filler.fill(set);
      await requireWarm(set);
      const layout = await layoutOf(set);
      const first = await scan(set);
      const again = await scan(set);
      return {
        bytes: set.bytes,
        ...layout,
        mmapFirst: first.seconds,
        mmapFirstCpu: first.cpu,
        mmapAgain: again.seconds,
        mmapAgainCpu: again.cpu,
      };
    }),
  );
  return recorder.finish({ bytes: set.bytes, files: set.files.length });
}

async function scan({ files }: FileSet): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const { cost, stdout } = await run([program('scan'), 'mmap'], { paths: files });
  const { seconds } = JSON.parse(stdout) as { readonly seconds: number };
  return { seconds, cpu: cost.user + cost.sys };
}

/** Nothing where the kernel's flags can't be read. */
async function layoutOf({ warmSet }: FileSet): Promise<Values> {
  const layouts = await folioLayout(warmSet.files, { priority: 'normal' });
  let all = 0;
  let large = 0;
  let shares = 0;
  for (const layout of layouts) {
    if (layout.state !== 'counted') return {};
    shares += layout.sampledShare;
    for (const { folioBytes, bytes } of layout.folios) {
      all += bytes;
      if (folioBytes >= HUGE) large += bytes;
    }
  }
  return all === 0 ? {} : { largeShare: large / all, sampledShare: shares / layouts.length };
}
