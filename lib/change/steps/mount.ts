import { z } from 'zod';
import { WarmsetError } from '../../errors.ts';
import { findMount, type Mount, readMounts } from '../../host/index.ts';
import { runCommand } from '../run-command.ts';
import type { StepKind } from '../types.ts';
import { PATH } from './paths.ts';
import { usersInWords } from './users-in-words.ts';

const schema = z.strictObject({
  do: z.literal('mount'),
  /** `bind` shows a directory again; anything else is a filesystem's name, such as `overlay`, `xfs`. */
  type: z.string().regex(/^[a-z0-9]{1,20}$/),
  /** A path, or what the filesystem takes for one: in /proc/self/mountinfo it tells our mount from another. */
  source: z
    .string()
    .min(1)
    .max(4095)
    .refine((source) => !source.startsWith('-')),
  at: PATH,
  options: z
    .array(
      z
        .string()
        .min(1)
        .max(16_384)
        .regex(/^[^\0\n]+$/),
    )
    .max(64),
});

export type MountStep = z.infer<typeof schema>;

/** A mount on top of a directory. Undone by umount(2), never by force and never lazily. */
export const mountStep: StepKind<MountStep> = {
  do: 'mount',
  schema,
  describe: ({ type, source, at }) =>
    type === 'bind' ? `show ${source} at ${at} (bind mount)` : `mount ${type} ${source} at ${at}`,
  command: mountCommand,
  isDone: async (step) => isOurs(step, await topMount(step.at)),
  async apply(step, { signal }) {
    await runCommand(mountCommand(step), { signal });
  },
  async undo(step, { signal }) {
    const top = await topMount(step.at);
    if (!(await isOurs(step, top))) {
      if (top === null) return;
      throw cannotUnmount(step.at, `what is mounted there now is not ours: ${top.fsType} ${top.source}`);
    }
    try {
      await runCommand(['umount', step.at], { signal });
    } catch (error) {
      const users = await usersInWords(step.at);
      if (users === '') throw error;
      throw cannotUnmount(step.at, `it is in use by ${users}`, error);
    }
  },
};

function mountCommand({ type, source, at, options }: MountStep): readonly string[] {
  const how = type === 'bind' ? ['--bind'] : ['-t', type];
  return ['mount', ...how, ...(options.length > 0 ? ['-o', options.join(',')] : []), source, at];
}

/** What is mounted just there, on top of everything else; `null`: nothing. */
async function topMount(at: string): Promise<Mount | null> {
  const mount = findMount(await readMounts(), at);
  return mount?.mountPoint === at ? mount : null;
}

async function isOurs({ type, source, at }: MountStep, top: Mount | null): Promise<boolean> {
  if (top === null) return false;
  if (type !== 'bind') return top.fsType === type && top.source === source;
  // A bind mount names no source: it shows a place of the filesystem that the source lies on.
  const mounts = await readMounts();
  const below = findMount(
    mounts.filter(({ id }) => id !== top.id),
    source,
  );
  if (below === null || source === at) return false;
  const inside = source === below.mountPoint ? '' : source.slice(below.mountPoint.replace(/\/$/, '').length);
  const root = `${below.root === '/' ? '' : below.root}${inside}` || '/';
  return top.major === below.major && top.minor === below.minor && top.root === root;
}

function cannotUnmount(at: string, why: string, cause?: unknown): WarmsetError {
  return new WarmsetError('WARMSET_CHANGE', `${at} can't be unmounted: ${why}`, {
    subject: at,
    remedy: 'end or move what uses it, then try again',
    cause,
  });
}
