import type { Check } from '../../change/index.ts';
import type { Use } from '../in-use.ts';
import type { MountRights } from '../mount-rights.ts';
import type { DirectoryFacts, PlaceFacts } from './place-facts.ts';

/** Checks that an overlay and a bind mount have in common. Pure. */

export function judgeTarget(place: PlaceFacts): Check {
  const refuse = (message: string, remedy: string): Check => ({
    ...{ code: 'path', verdict: 'refuse', message, remedy },
  });
  const { path } = place;
  if (place.state === 'missing') {
    return refuse(`${path} isn’t there`, `make it, for the user of the backend: mkdir ${path}`);
  }
  if (place.state === 'link') {
    return place.leadsTo === null
      ? refuse(`${path} is a link that leads nowhere`, 'make a directory of it')
      : refuse(`${path} is a link to ${place.leadsTo}`, `name that instead: ${place.leadsTo}`);
  }
  if (place.state === 'other')
    return refuse(`${path} is no directory`, 'name the directory that the backend uses');
  if (place.isMountPoint) {
    const what = `${place.mount?.fsType} ${place.mount?.source}`;
    return refuse(
      `${path} is a mount point already (${what})`,
      'unmount that first, or name a directory in it',
    );
  }
  const [first] = place.mountsBelow;
  if (first !== undefined)
    return refuse(`something is mounted below ${path}, at ${first}`, 'unmount that first');
  return { code: 'path', verdict: 'ok', message: `${path} is a directory, and nothing is mounted there` };
}

export function judgeUse(path: string, use: Use): Check {
  if (use.state === 'used') {
    return {
      code: 'in-use',
      verdict: 'refuse',
      message: `${path} is in use by ${use.by}`,
      remedy: 'stop what uses it: a backend that has files open would go on writing where nobody looks',
    };
  }
  if (use.state === 'unknown') {
    return {
      code: 'in-use',
      verdict: 'warn',
      message: `nobody is seen to use it, but ${use.unreadable} processes may not be asked`,
      remedy: 'as root all of them can be asked; applying it does so',
    };
  }
  return { code: 'in-use', verdict: 'ok', message: 'nobody has a file open below it' };
}

export function judgeRightsCheck({ allowed, why, remedy }: MountRights): Check {
  return allowed
    ? { code: 'rights', verdict: 'ok', message: why }
    : { code: 'rights', verdict: 'warn', message: `applying this isn’t possible here: ${why}`, remedy };
}

export interface Nesting {
  readonly inner: string;
  readonly outer: string;
}

export function judgeNesting(nested: readonly Nesting[]): Check {
  const [first] = nested;
  if (first === undefined) {
    return { code: 'nesting', verdict: 'ok', message: 'none of the directories lies within another' };
  }
  return {
    code: 'nesting',
    verdict: 'refuse',
    message:
      first.inner === first.outer
        ? `${first.inner} is named twice`
        : `${first.inner} lies within ${first.outer}: it would show itself`,
    remedy: 'choose directories that are apart from each other',
  };
}

/** Content is renamed into this node's own directory: that must be on the same filesystem, through the same mount. */
export function judgeLocal(target: DirectoryFacts, nearest: DirectoryFacts, taken: readonly string[]): Check {
  if (target.dev !== nearest.dev || target.mount?.id !== nearest.mount?.id) {
    return {
      code: 'local',
      verdict: 'refuse',
      message: `${nearest.path} lies on another filesystem or mount than ${target.path}, whose content has to be renamed into it`,
      remedy: `name a directory beside ${target.path} with --local, or move ${target.path} to that filesystem first`,
    };
  }
  const [first] = taken;
  if (first !== undefined) {
    return {
      code: 'local',
      verdict: 'refuse',
      message: `${first} is there already`,
      remedy:
        'it may be the rest of an earlier change: look into it, move it away, or choose another --local',
    };
  }
  return {
    code: 'local',
    verdict: 'ok',
    message: 'the local layer lies on the same filesystem as the content',
  };
}

export function judgeMisfits(
  misfits: readonly { readonly path: string; readonly why: string }[],
): readonly Check[] {
  return misfits.map(({ path, why }) => ({
    code: 'placement',
    verdict: 'refuse',
    message: `${path} can’t be placed as asked: ${why}`,
    remedy: 'leave that rule out, or name another directory',
  }));
}

export function judgeTools(missing: readonly string[]): Check {
  return missing.length === 0
    ? { code: 'tools', verdict: 'ok', message: 'the programs that are needed are installed' }
    : {
        code: 'tools',
        verdict: 'refuse',
        message: `not installed: ${missing.join(', ')}`,
        remedy: 'install util-linux, coreutils and attr',
      };
}
