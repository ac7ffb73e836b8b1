import type { Command } from 'commander';
import { closest } from '../closest.ts';
import { WarmsetError } from '../errors.ts';
import type { Session } from './session.ts';

/** Adds a verb's arguments and options, and its action, which hands the exit code to `exit`. */
export type Define = (command: Command, session: Session, exit: (code: number) => void) => void;

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Loaded only when the verb is called, so that every other verb and `--help` start without it. */
  readonly load: () => Promise<{ readonly define: Define }>;
}

/** Verbs that share a first word, each with one of its own behind it. */
export interface VerbGroup {
  readonly name: string;
  readonly summary: string;
  readonly verbs: readonly Verb[];
}

export const VERBS: readonly (Verb | VerbGroup)[] = [
  {
    name: 'status',
    summary: 'what of these files is in memory',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'plan',
    summary: 'what warm would do, and which limit binds',
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'warm',
    summary: 'bring files into memory within a budget, and verify',
    load: () => import('./commands/warm.ts'),
  },
  {
    name: 'evict',
    summary: 'give memory back, and say what stayed and why',
    load: () => import('./commands/evict.ts'),
  },
  {
    name: 'lock',
    summary: 'hold files in memory for as long as it runs',
    load: () => import('./commands/lock.ts'),
  },
  {
    name: 'keep',
    summary: 'keep these files in memory: measure, refill, back off, tell',
    load: () => import('./commands/keep.ts'),
  },
  {
    name: 'run',
    summary: 'start a server at once, and warm what it reads beside it',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'snapshot',
    summary: 'save what is in memory page by page, bring it back, compare',
    verbs: [
      {
        name: 'save',
        summary: 'write down which pages of these files are in memory',
        load: () => import('./commands/snapshot-save.ts'),
      },
      {
        name: 'restore',
        summary: 'bring just these pages back within a budget, and verify',
        load: () => import('./commands/snapshot-restore.ts'),
      },
      {
        name: 'diff',
        summary: 'what came and went since, or between two snapshots',
        load: () => import('./commands/snapshot-diff.ts'),
      },
    ],
  },
  {
    name: 'targets',
    summary: 'what a target is: its files, their order, their tensors',
    verbs: [
      {
        name: 'explain',
        summary: 'its files in their order, why each is in, and what was left out',
        load: () => import('./commands/targets-explain.ts'),
      },
      {
        name: 'tensors',
        summary: 'the tensors of model files, and what of each is in memory',
        load: () => import('./commands/targets-tensors.ts'),
      },
    ],
  },
  {
    name: 'probe',
    summary: 'measure opens, reads, the time to first token, and what the host does',
    verbs: [
      {
        name: 'open',
        summary: 'how long open, mmap and first touches take, cold and warm',
        load: () => import('./commands/probe-open.ts'),
      },
      {
        name: 'read',
        summary: 'how long single reads of the device take, past the page cache',
        load: () => import('./commands/probe-read.ts'),
      },
      {
        name: 'ttft',
        summary: 'how long a server takes to its first token',
        load: () => import('./commands/probe-ttft.ts'),
      },
      {
        name: 'host',
        summary: 'where the time of a cold start goes: disks, GPU, processors',
        load: () => import('./commands/probe-host.ts'),
      },
    ],
  },
  {
    name: 'experiment',
    summary: 'compare cold, filled and warm starts by designed trials',
    load: () => import('./commands/experiment.ts'),
  },
  {
    name: 'storage',
    summary: 'where bytes live, and how they come to a path',
    verbs: [
      {
        name: 'inspect',
        summary: 'from a path down to the hardware, and what that means for warming',
        load: () => import('./commands/storage-inspect.ts'),
      },
      {
        name: 'footprint',
        summary: 'which bytes are there twice, by backend, model and node',
        load: () => import('./commands/storage-footprint.ts'),
      },
      {
        name: 'overlay',
        summary: 'lay a directory over a shared base: reads from there, writes here',
        load: () => import('./commands/storage-overlay.ts'),
      },
      {
        name: 'bind',
        summary: 'show a shared directory at a path, with local ones over it',
        load: () => import('./commands/storage-bind.ts'),
      },
      {
        name: 'recover',
        summary: 'undo what a crash left half done, or show what is changed',
        load: () => import('./commands/storage-recover.ts'),
      },
    ],
  },
  {
    name: 'nvmeof',
    summary: 'connections to NVMe over fabrics: their state, and what to set',
    verbs: [
      {
        name: 'status',
        summary: 'controllers, paths and counters, also against a baseline',
        load: () => import('./commands/nvmeof-status.ts'),
      },
      {
        name: 'connect',
        summary: 'connect to a subsystem with settings that are safe for a canary',
        load: () => import('./commands/nvmeof-connect.ts'),
      },
      {
        name: 'disconnect',
        summary: 'end connections whose disks nobody uses',
        load: () => import('./commands/nvmeof-disconnect.ts'),
      },
      {
        name: 'tune',
        summary: 'network settings that matter to it, each with its reason and the way back',
        load: () => import('./commands/nvmeof-tune.ts'),
      },
      {
        name: 'units',
        summary: 'systemd units: connect at boot, mount, overlay, services in their order',
        load: () => import('./commands/nvmeof-units.ts'),
      },
    ],
  },
  {
    name: 'doctor',
    summary: "what this host can and can't do, and what to change",
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'phases',
    summary: "where a server's start went, from its log",
    load: () => import('./commands/phases.ts'),
  },
  {
    name: 'config',
    summary: 'what is wrong with a configuration, or what it comes to',
    verbs: [
      {
        name: 'check',
        summary: 'everything that is wrong with a configuration, each with its line',
        load: () => import('./commands/config-check.ts'),
      },
      {
        name: 'show',
        summary: 'every value, and where it comes from',
        load: () => import('./commands/config-show.ts'),
      },
    ],
  },
  {
    name: 'completion',
    summary: 'what a shell needs to complete warmset command lines',
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'demo',
    summary: 'make a model, warm it, and show the difference',
    load: () => import('./commands/demo.ts'),
  },
];

/**
 * The verb of this name.
 *
 * @param group whose verbs are meant, where it isn't the first word
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a word that is no verb.
 */
export function findVerb(word: string): Verb | VerbGroup;
export function findVerb(word: string, group: VerbGroup): Verb;
export function findVerb(word: string, group?: VerbGroup): Verb | VerbGroup {
  const among = group?.verbs ?? VERBS;
  const verb = among.find(({ name }) => name === word);
  if (verb) return verb;
  const whole = group ? `warmset ${group.name}` : 'warmset';
  if (word.startsWith('-')) {
    const example = group ? `${whole} ${among[0]?.name} --json` : 'warmset status --json /models/llama';
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `there is no option ${word} before the verb`, {
      remedy: `put options behind the verb: ${example}`,
    });
  }
  const names = among.map(({ name }) => name);
  const meant = closest(word, names);
  const where = group ? ` of ${whole}` : '';
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `there is no verb ${JSON.stringify(word)}${where}`, {
    remedy:
      meant === undefined
        ? `use one of ${names.join(', ')}`
        : `did you mean ${meant}? ${group ? `see ${whole} --help` : '--help lists all'}`,
  });
}

/** What the words mean behind which others follow. */
export function groupSummaries(): Readonly<Record<string, string>> {
  return Object.fromEntries(VERBS.flatMap((verb) => ('verbs' in verb ? [[verb.name, verb.summary]] : [])));
}

/** Every verb that does something, with all its words: `['snapshot', 'save']`. */
export function everyVerb(): readonly { readonly words: readonly string[]; readonly verb: Verb }[] {
  return VERBS.flatMap((verb) =>
    'verbs' in verb
      ? verb.verbs.map((inner) => ({ words: [verb.name, inner.name], verb: inner }))
      : [{ words: [verb.name], verb }],
  );
}
