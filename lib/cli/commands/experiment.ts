import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { WarmsetError } from '../../errors.ts';
import {
  checkDesign,
  type Design,
  experimentJson,
  HOST_EXPERIMENT,
  HOST_SERVERS,
  planTrials,
  readJournal,
  runExperiment,
  USUAL_ROUNDS,
  writeReport,
} from '../../experiment/index.ts';
import { resolveTargets, type WarmSet } from '../../targets/index.ts';
import { parseDuration } from '../../units.ts';
import { EXIT } from '../exit-codes.ts';
import { experimentPlanJson } from '../json-contract-experiment.ts';
import { readTargets } from '../read-targets.ts';
import { describeEvent, renderDesign, renderExperiment } from '../render/experiment-report.ts';
import { stringifyJson } from '../render/json.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import { type DesignFlags, designOf, splitList } from './experiment-design.ts';
import { type FillFlags, toFillOptions } from './fill-with-progress.ts';
import { type CommonFlags, withBudget, withCommon, withEngine } from './options.ts';

interface Flags extends CommonFlags, FillFlags, DesignFlags {
  readonly out?: string;
  readonly resume?: string;
  readonly trialTimeout?: number;
  readonly dryRun?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  withEngine(withBudget(withCommon(command, 'idle')))
    .argument('[target...]', 'files, directories, globs or models that a server reads')
    .option('-0, --null', 'names on standard input end with a zero byte, not with a line (find -print0)')
    .option('--rounds <n>', `trials of each condition, from 3 (default: ${USUAL_ROUNDS})`, Number)
    .option('--conditions <list>', 'what to compare (default: cold,prewarm,warm,run)', splitList, [
      'cold',
      'prewarm',
      'warm',
      'run',
    ])
    .option(
      '--condition <name=command>',
      'a further one: a command that prepares the files; it counts. Again for more',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option(
      '--reader <reader>',
      'who reads and is timed: scan, mmap, read, or a command in which {} are the files (default: scan)',
    )
    .option('--server <command>', 'start this server for each trial, and time it until its first token')
    .option('--url <url>', 'where that server answers')
    .option('--model <name>', 'which of its models to ask')
    .option('--prompt <text>', 'what to ask it')
    .option('--seed <n>', 'of the order of the trials (default: drawn, and written down)', Number)
    .option('--no-prelude', 'no unrecorded read before the first trial')
    .option('--drop-caches', 'empty the whole page cache before each trial, not only these files; root')
    .option(
      '--scheduler <list>',
      'compare I/O schedulers of the disk, such as none,mq-deadline; root, with --yes',
      splitList,
    )
    .option('--yes', "consent to changing the disk's scheduler for the while")
    .option('--trial-timeout <time>', 'a trial that takes longer is void (default: 30m)', (text) =>
      parseDuration(text, '--trial-timeout'),
    )
    .option('--out <dir>', 'where the results go (default: warmset-experiment-TIME here)')
    .option('--resume <dir>', 'continue the run whose results are there')
    .option('--dry-run', 'only print the trials in their order')
    .option('-q, --quiet', 'no line for each trial')
    .addHelpText(
      'after',
      '\nExample:\n  $ warmset experiment --rounds 5 --out /var/lib/warmset/results /models/llama',
    )
    .action(async (targets: string[], flags: Flags) => {
      exit(await (flags.dryRun ? showDesign(targets, flags, session) : run(targets, flags, session)));
    });
};

async function showDesign(targets: readonly string[], flags: Flags, session: Session): Promise<number> {
  const { design, set } = await whatToDo(targets, flags, session);
  const trials = planTrials(checkDesign(design));
  const facts = { files: set.files.length, bytes: set.size };
  if (flags.json) {
    await session.out.write(
      `${stringifyJson(session.terminal, experimentPlanJson(design, trials, facts))}\n`,
    );
  } else await session.out.writeLines(renderDesign(session.terminal, design, trials, facts));
  return EXIT.done;
}

async function run(targets: readonly string[], flags: Flags, session: Session): Promise<number> {
  const { design, set, resume } = await whatToDo(targets, flags, session);
  checkConsent(design, flags);
  const directory = resolve(flags.resume ?? flags.out ?? usualDirectory());
  await mkdir(directory, { recursive: true });
  const result = await runExperiment(
    set,
    {
      design,
      directory,
      resume,
      fill: toFillOptions(flags, session),
      trialTimeoutMs: flags.trialTimeout,
      signal: session.signal,
      onEvent: (event) => {
        if (!flags.quiet) void session.err.writeLines(describeEvent(event));
      },
    },
    { ...HOST_EXPERIMENT, server: HOST_SERVERS },
  );
  const written = await writeReport(directory, result);
  if (flags.json) {
    await session.out.write(`${stringifyJson(session.terminal, experimentJson(written.report))}\n`);
  } else await session.out.writeLines(renderExperiment(session.terminal, written));
  const done = new Set(result.trials.flatMap(({ state, index }) => (state === 'done' ? [index] : [])));
  return done.size === planTrials(result.header.design).length ? EXIT.done : EXIT.notAllDone;
}

interface WhatToDo {
  readonly design: Design;
  readonly set: WarmSet;
  readonly resume: Awaited<ReturnType<typeof readJournal>> | undefined;
}

async function whatToDo(targets: readonly string[], flags: Flags, session: Session): Promise<WhatToDo> {
  if (flags.resume === undefined) {
    if (targets.length === 0)
      throw refusal('no targets were given', 'name what a server reads: warmset experiment /models/llama');
    const seed = flags.seed ?? randomInt(2 ** 32);
    const design = checkDesign(designOf({ ...flags, seed }));
    const set = await readTargets(targets, flags, session);
    if (set.failures.length > 0) {
      throw new WarmsetError('WARMSET_BAD_TARGET', 'part of what was named is missing from the set', {
        remedy: 'an experiment with other files than meant shows nothing: mend the names, or leave them out',
      });
    }
    return { design, set, resume: undefined };
  }
  if (targets.length > 0 || flags.out !== undefined) {
    throw refusal(
      '--resume goes on with the files and the directory that it has',
      'leave the targets and --out away',
    );
  }
  const resume = await readJournal(resolve(flags.resume));
  const paths = resume.header.files.map(({ path, pathBytes }) =>
    pathBytes === undefined ? path : Buffer.from(pathBytes, 'base64'),
  );
  const set = await resolveTargets(paths, { signal: session.signal });
  return { design: resume.header.design, set, resume };
}

function checkConsent({ schedulers, dropCaches }: Design, { yes }: Flags): void {
  if (schedulers.length === 0 && !dropCaches) return;
  if (process.geteuid?.() !== 0) {
    const what = dropCaches ? '--drop-caches' : '--scheduler';
    throw refusal(
      `${what} needs root`,
      'run it as root, or leave it out: the files alone are evicted without it',
    );
  }
  if (schedulers.length > 0 && !yes) {
    throw refusal(
      '--scheduler changes how the disk serves everybody, until the experiment ends',
      'add --yes if that is all right on this machine',
    );
  }
}

function usualDirectory(): string {
  return `warmset-experiment-${new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')}`;
}

function refusal(message: string, remedy: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_ARGUMENT', message, { remedy });
}
