import type { Command } from 'commander';
import { applyChange, type ChangeRecord, listChanges, removeChange } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import { openSchedulerSwitch } from '../../scheduler-switch/index.ts';
import {
  oneDisk,
  planScheduler,
  readDeviceSchedulers,
  SCHEDULER_KIND,
} from '../../storage/scheduler/index.ts';
import { STORAGE_STEPS } from '../../storage/step-kinds.ts';
import { EXIT } from '../exit-codes.ts';
import { changePlanJson, changeRecordJson } from '../json-contract-change.ts';
import { schedulerJson } from '../json-contract-mirror.ts';
import { renderChangePlan, renderChangeRecord } from '../render/change-plan.ts';
import { stringifyJson } from '../render/json.ts';
import { renderSchedulers } from '../render/schedulers.ts';
import { runBeside } from '../run-beside.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';

interface Flags {
  readonly set?: string;
  readonly keep?: boolean;
  readonly restore?: boolean;
  readonly dryRun?: boolean;
  readonly state?: string;
  readonly json?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  command
    .argument('[device]', 'a disk such as nvme0n1, or a path on one (default: all disks)')
    .argument('[command...]', 'with --set: a program and its arguments, behind --')
    .option('--set <name>', 'use this scheduler while COMMAND runs, or until this is ended')
    .option('--keep', 'with --set: until it is restored, or the machine is booted')
    .option('--restore', 'put back what --keep has changed')
    .option('--dry-run', 'with --keep: only say what would be done')
    .option('--state <dir>', 'where journals of changes lie (default: /var/lib/warmset/changes)')
    .option('--json', 'JSON for programs')
    .addHelpText('after', EXAMPLES)
    .action(async (device: string | undefined, words: string[], flags: Flags) => {
      exit(await run(device, words, flags, session));
    });
};

const EXAMPLES = `
Example:
  $ warmset storage scheduler /models/llama
  $ warmset storage scheduler nvme0n1 --set mq-deadline -- warmset warm /models/llama
  $ warmset storage scheduler nvme0n1 --set bfq --keep`;

async function run(
  device: string | undefined,
  words: readonly string[],
  flags: Flags,
  session: Session,
): Promise<number> {
  checkUsage(device, words, flags);
  const options = { kinds: STORAGE_STEPS, directory: flags.state, signal: session.signal };
  const changes = (await listChanges(options)).filter(({ kind }) => kind === SCHEDULER_KIND);
  if (device === undefined || (flags.set === undefined && !flags.restore)) {
    const devices = await readDeviceSchedulers(device);
    await show(session, flags, schedulerJson(devices, changes), () =>
      renderSchedulers(session.terminal, devices, changes),
    );
    return EXIT.done;
  }
  if (flags.restore) {
    const disk = await oneDisk(device).catch(() => device);
    const change = changes.find(({ subject }) => subject === disk);
    if (change === undefined) throw notSet(disk);
    return showRecord(session, flags, await removeChange(change.id, options));
  }
  if (!flags.keep) return forAWhile(await oneDisk(device), flags.set ?? '', words, session);
  const plan = await planScheduler(device, flags.set ?? '');
  if (!flags.dryRun) {
    const there = changes.find(({ subject, state }) => subject === plan.subject && state === 'applied');
    const again = there !== undefined && plan.steps.length === 0;
    return showRecord(session, flags, again ? there : await applyChange(plan, options));
  }
  const json = { schema: 'warmset.schedulerPlan/1', ...changePlanJson(plan, STORAGE_STEPS) };
  await show(session, flags, json, () => renderChangePlan(session.terminal, plan, STORAGE_STEPS));
  return plan.checks.some(({ verdict }) => verdict === 'refuse') ? EXIT.notAllDone : EXIT.done;
}

/** Put back however this ends, by the same guard as that of the experiments. */
async function forAWhile(
  device: string,
  scheduler: string,
  words: readonly string[],
  session: Session,
): Promise<number> {
  // Before the switch can be seen: whoever sees it may end this at once.
  if (words.length === 0) session.beService(() => undefined);
  await using changed = await openSchedulerSwitch({ device, schedulers: [scheduler] });
  await changed.use(scheduler);
  await session.err.writeLines([
    `${device}: ${scheduler} instead of ${changed.original}${words.length > 0 ? '' : '; put back when this is ended'}`,
  ]);
  if (words.length > 0) return await runBeside(words, session.signal);
  await new Promise<void>((ended) => {
    // An abort listener alone keeps no process alive.
    const alive = setInterval(() => undefined, 1 << 30);
    const end = (): void => {
      clearInterval(alive);
      ended();
    };
    if (session.signal.aborted) end();
    else session.signal.addEventListener('abort', end, { once: true });
  });
  return EXIT.done;
}

async function showRecord(session: Session, flags: Flags, record: ChangeRecord): Promise<number> {
  const json = { schema: 'warmset.schedulerChange/1', ...changeRecordJson(record, STORAGE_STEPS) };
  await show(session, flags, json, () => renderChangeRecord(session.terminal, record, STORAGE_STEPS));
  return EXIT.done;
}

async function show(
  { out, terminal }: Session,
  { json: asJson }: Flags,
  json: object,
  lines: () => readonly string[],
): Promise<void> {
  if (asJson) await out.write(`${stringifyJson(terminal, json)}\n`);
  else await out.writeLines([...lines()]);
}

function checkUsage(device: string | undefined, words: readonly string[], flags: Flags): void {
  const refuse = (message: string, remedy: string): never => {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', message, { remedy });
  };
  const { set, keep, restore, dryRun } = flags;
  if (device === undefined && (set !== undefined || restore)) {
    refuse('no disk is named whose scheduler is meant', 'name one, such as nvme0n1');
  }
  if (words.length > 0 && (set === undefined || keep)) {
    refuse('a command is run with --set alone', 'give --set NAME, without --keep');
  }
  if (keep && set === undefined) refuse('--keep keeps what --set sets', 'give --set NAME');
  if (dryRun && !keep) refuse('--dry-run is for --keep', 'give --set NAME --keep --dry-run');
  if (restore && set !== undefined) refuse('--set and --restore are opposites', 'give one of them');
}

function notSet(device: string): WarmsetError {
  return new WarmsetError('WARMSET_STORAGE', `the scheduler of ${device} was not changed by --keep`, {
    subject: device,
    remedy: 'see warmset storage scheduler, or name another directory of journals with --state',
  });
}
