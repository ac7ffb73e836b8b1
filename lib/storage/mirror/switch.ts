import { readlink, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import {
  type ChangePlan,
  type Check,
  look,
  type MountStep,
  type Step,
  usersInWords,
} from '../../change/index.ts';
import { readMirrorFile } from './state.ts';

/** The kind under which changes of this sort stand in the journal. */
export const SWITCH_KIND = 'mirror-switch';

export type SwitchBy = 'symlink' | 'bind';

export interface SwitchOptions {
  /** @default the link where there is one, else a bind mount */
  readonly by?: SwitchBy | undefined;
}

/**
 * What makes a mirror stand at a path in its source's stead: a link is switched, or the mirror is mounted on a
 * directory. Either happens at once, and what is open stays open. Looks, changes nothing.
 */
export async function planSwitch(
  local: string,
  path: string,
  options: SwitchOptions = {},
): Promise<ChangePlan> {
  const [to, at] = [resolve(local), resolve(path)];
  const there = await look(at);
  const by = options.by ?? (there?.kind === 'link' || there === null ? 'symlink' : 'bind');
  return {
    kind: SWITCH_KIND,
    subject: at,
    checks: await checksOf(to, at, by),
    steps: by === 'bind' ? [bindStep(to, at)] : await linkSteps(to, at),
  };
}

function bindStep(to: string, at: string): Step {
  const step: MountStep = { do: 'mount', type: 'bind', source: to, at, options: [] };
  return step;
}

async function linkSteps(to: string, at: string): Promise<readonly Step[]> {
  const there = await look(at);
  const link = (before: string | null) => ({ do: 'symlink', path: at, target: to, before }) as const;
  if (there?.kind === 'link') return [link(await readlink(at))];
  if (there === null) return [link(null)];
  const aside = { do: 'rename', from: at, to: `${at}.before-mirror`, identity: there.identity } as const;
  return [aside, link(null)];
}

async function checksOf(to: string, at: string, by: SwitchBy): Promise<readonly Check[]> {
  const there = await look(at);
  const target = await stat(at).catch(() => null);
  const users = there?.kind === 'directory' ? await usersInWords(at) : '';
  return [
    await isWhole(to),
    isAbsolute(at) && at !== to
      ? { code: 'path', verdict: 'ok', message: `${at} is ${there === null ? 'free' : `a ${there.kind}`}` }
      : {
          code: 'path',
          verdict: 'refuse',
          message: `${at} is the mirror itself`,
          remedy: 'name another path',
        },
    ...(by === 'bind' && (there?.kind !== 'directory' || target === null)
      ? [refuse('bind', `${at} is no directory`, 'make it a directory, or use --by symlink')]
      : []),
    ...(by === 'bind' && process.geteuid?.() !== 0
      ? [refuse('root', 'only root may mount', 'run it as root, or use --by symlink')]
      : []),
    ...(by === 'symlink' && there?.kind === 'directory'
      ? [
          {
            code: 'moment',
            verdict: 'warn',
            message: `between two steps there is nothing at ${at}`,
            remedy: 'use --by bind, which has no such moment, or make the path a link beforehand',
          } as const,
        ]
      : []),
    ...(users === ''
      ? []
      : [
          {
            code: 'in-use',
            verdict: 'warn',
            message: `open below it: ${users}; what is open goes on to lead to the source`,
            remedy: 'restart the backend to have it read from the mirror',
          } as const,
        ]),
    {
      code: 'writes',
      verdict: 'warn',
      message: 'what is written to the path from then on is only in the mirror',
      remedy: 'let backends only read there; a mirror never overwrites what was changed in it',
    },
  ];
}

async function isWhole(to: string): Promise<Check> {
  const mirror = await readMirrorFile(to);
  if (mirror?.whole) return { code: 'whole', verdict: 'ok', message: `${to} has all of ${mirror.source}` };
  return refuse(
    'whole',
    mirror === null ? `${to} is no mirror` : `${to} hasn't all of ${mirror.source}`,
    'mirror it to its end first',
  );
}

function refuse(code: string, message: string, remedy: string): Check {
  return { code, verdict: 'refuse', message, remedy };
}
