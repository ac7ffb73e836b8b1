import { askResidency, rewarm, warmCold } from './calls.ts';
import { eventLoop } from './event-loop.ts';
import { micro } from './micro.ts';

/** `worker JOB WORDS…`: one job in a process of its own; the answer is JSON. */
const JOBS: Readonly<Record<string, (words: readonly string[]) => Promise<object>>> = {
  warm: (targets) => warmCold(targets, true),
  'warm-untouched': (targets) => warmCold(targets, false),
  rewarm,
  residency: askResidency,
  'event-loop': eventLoop,
  micro,
};

const [name = '', ...words] = process.argv.slice(2);
const job = JOBS[name];
if (!job) throw new Error(`no job ${name}`);
process.stdout.write(`${JSON.stringify(await job(words))}\n`);
