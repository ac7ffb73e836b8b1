import type { TargetFailure } from '../warm-set.ts';

/** A model of the Hugging Face hub, as `hf:ORG/NAME@REVISION` names it. */
export interface HubName {
  /** `ORG/NAME`, or `NAME` alone. */
  readonly id: string;
  /** A branch, tag, pull request or commit; undefined: main. */
  readonly revision: string | undefined;
}

/** One half of a repository's name: what the hub allows. */
const PART = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?$/;
const MOST_REVISION = 200;

/** The name behind `hf:`, or what is wrong with it. Pure. */
export function parseHubName(text: string): HubName | TargetFailure {
  const at = text.indexOf('@');
  const id = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? undefined : text.slice(at + 1);
  const parts = id.split('/');
  if (/^(datasets|spaces)$/.test(parts[0] ?? '') && parts.length > 1) {
    return refusal(text, `${parts[0]} are no models, and servers don't load them`, WAY_OUT);
  }
  if (parts.length > 2 || !parts.every(isPart)) {
    return refusal(text, `${JSON.stringify(id)} is no name of a model`, 'Write it as hf:ORG/NAME.');
  }
  if (revision !== undefined && !isRevision(revision)) {
    return refusal(
      text,
      `${JSON.stringify(revision)} is no revision`,
      'Give a branch, a tag, a commit, or leave @ away for main.',
    );
  }
  return { id, revision };
}

const WAY_OUT = 'Name its directory in the cache to have its files as they are.';

function isPart(part: string): boolean {
  return PART.test(part) && !part.includes('--') && !part.includes('..');
}

/** A name that git would take for a branch, and no way out of the directory of refs. */
function isRevision(text: string): boolean {
  return (
    text.length <= MOST_REVISION &&
    /^[\w.+-]+(\/[\w.+-]+)*$/.test(text) &&
    text.split('/').every((part) => !/^\.+$/.test(part) && !part.includes('..'))
  );
}

export function refusal(text: string, what: string, remedy: string): TargetFailure {
  return { path: `hf:${text}`, code: 'WARMSET_BAD_TARGET', message: `hf:${text}: ${what}.`, remedy };
}

/** The directory of a model in a cache. Pure. */
export function directoryOf(id: string): string {
  return `models--${id.replace('/', '--')}`;
}

/** The model of a directory in a cache; undefined for any other directory. Pure. */
export function modelOf(directory: string): string | undefined {
  return directory.startsWith('models--') ? directory.slice('models--'.length).replace('--', '/') : undefined;
}
