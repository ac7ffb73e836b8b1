import { rm } from 'node:fs/promises';
import { createCorpus } from './corpus.ts';
import { RUNNERS } from './kinds/index.ts';
import { describeMachine, listenForNoise } from './machine.ts';
import { endAll } from './measure/run.ts';
import { HELP, isPublished, type Options, parseOptions } from './options.ts';
import { findPeers } from './peers.ts';
import { NOTES, PAGE, RESULTS, TRIAL_PAGE, TRIAL_RESULTS } from './places.ts';
import { createRandom } from './random.ts';
import { judge } from './report/goals.ts';
import { readNotes } from './report/notes.ts';
import { writePage } from './report/write.ts';
import { readResults, SCHEMA, writeResult } from './results.ts';

const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function measureAll(options: Options, output: string): Promise<void> {
  const peers = findPeers();
  await using corpus = await createCorpus(options.dir, options.seed);
  const interrupted = async (): Promise<void> => {
    endAll();
    await rm(corpus.directory, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  const machine = await describeMachine(corpus.directory, peers);
  const random = createRandom(options.seed);
  for (const kind of options.kinds) {
    const started = new Date();
    log(`\n${kind}`);
    const heard = await listenForNoise();
    const outcome = await RUNNERS[kind]({ options, corpus, peers, random, log });
    const noise = await heard();
    const { mode, seed, rounds } = options;
    const seconds = Math.round((Date.now() - started.getTime()) / 1000);
    const facts = { mode, started: started.toISOString(), seconds, seed, rounds, machine, noise };
    await writeResult(output, { schema: SCHEMA, kind, ...facts, ...outcome });
    log(`${kind} took ${seconds} s`);
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const published = options.reportOnly ? options.mode === 'full' : isPublished(options);
  const [output, page] = published ? [RESULTS, PAGE] : [TRIAL_RESULTS, TRIAL_PAGE];
  if (!options.reportOnly) {
    // Trial runs of different sizes must not be taken for one.
    if (!published) await rm(output, { recursive: true, force: true });
    await measureAll(options, output);
  }
  const results = await readResults(output);
  await writePage(page, results, await readNotes(NOTES));
  for (const { what, goal, reached, verdict } of judge(results)) {
    process.stdout.write(`${verdict.padEnd(12)}  ${what}: ${goal}; reached ${reached}\n`);
  }
  process.stdout.write(`${page}\n`);
}

await main();
