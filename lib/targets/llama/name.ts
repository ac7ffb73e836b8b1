import type { TargetFailure } from '../warm-set.ts';

/** Weights that a server loads beside a model only where its options ask for them: the prefixes of their files' names. */
export const HEADS = ['mtp', 'dspark', 'dflash', 'eagle3'] as const;
export type Head = (typeof HEADS)[number];

/** A model in a repository of the hub, as llama.cpp is told of it. */
export interface LlamaRepository {
  readonly kind: 'repository';
  readonly owner: string;
  readonly repository: string;
  /** What llama.cpp calls quant or tag; undefined: its own choice. */
  readonly tag: string | undefined;
  /** The one file that is named, by its path in the repository. */
  readonly file: string | undefined;
  /** Whether a projector of the repository is loaded with it. */
  readonly projector: boolean;
  /** It is what drafts tokens for another model. */
  readonly draft: boolean;
  readonly heads: readonly Head[];
}

/** A file that was downloaded from an address of its own. */
export interface LlamaDownload {
  readonly kind: 'download';
  /** Its name in the cache. */
  readonly file: string;
}

export type LlamaName = LlamaRepository | LlamaDownload;

// A dot or dash stands between other characters: what llama.cpp checks, and no way out of a directory.
const PART = /^\w+(?:[.-]\w+)*$/;
const TAG = /^\w[\w.+-]{0,99}$/;
const MOST_REPOSITORY = 256;
const MOST_FILE = 512;
// What a file's name may have in bytes.
const MOST_NAME_BYTES = 255;
const OPTION = /,(no-mmproj|draft|mtp|dspark|dflash|eagle3)$/;

/** The name behind `llama:`, or what is wrong with it. Pure. */
export function parseLlamaName(text: string): LlamaName | TargetFailure {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return parseAddress(text);
  const options = new Set<string>();
  let bare = text;
  for (let match = OPTION.exec(bare); match !== null; match = OPTION.exec(bare)) {
    options.add(match[1] ?? '');
    bare = bare.slice(0, match.index);
  }
  const [owner = '', second = '', ...path] = bare.split('/');
  const colon = second.indexOf(':');
  const repository = colon < 0 ? second : second.slice(0, colon);
  const tag = colon < 0 ? undefined : second.slice(colon + 1);
  if (!PART.test(owner) || !PART.test(repository) || owner.length + repository.length >= MOST_REPOSITORY) {
    return refusal(text, `${JSON.stringify(bare.slice(0, 200))} is no name of a model`);
  }
  if (tag !== undefined && !TAG.test(tag)) {
    return refusal(text, `${JSON.stringify(tag.slice(0, 200))} is no quantisation`);
  }
  const file = path.length > 0 ? path.join('/') : undefined;
  if (file !== undefined && !isPathInside(file)) {
    return refusal(text, `${JSON.stringify(file.slice(0, 200))} is no file of a repository`);
  }
  return {
    kind: 'repository',
    owner,
    repository,
    // The hub's own word for what llama.cpp takes by itself.
    tag: tag?.toLowerCase() === 'latest' ? undefined : tag,
    file,
    projector: !options.has('no-mmproj') && !options.has('draft'),
    draft: options.has('draft'),
    heads: HEADS.filter((head) => options.has(head)),
  };
}

function parseAddress(text: string): LlamaDownload | TargetFailure {
  const file = text.replace(/[?#].*$/s, '').replace(/^.*\//s, '');
  return isPathInside(file) && Buffer.byteLength(file) <= MOST_NAME_BYTES
    ? { kind: 'download', file }
    : refusal(text, 'the address ends in no name of a file');
}

/** A relative path that stays where it is. */
export function isPathInside(path: string): boolean {
  return (
    path.length <= MOST_FILE &&
    !path.includes('\0') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function refusal(text: string, what: string): TargetFailure {
  return {
    path: `llama:${text}`,
    code: 'WARMSET_BAD_TARGET',
    message: `llama:${text}: ${what}.`,
    remedy: 'Write it as llama-server takes it behind -hf: llama:ORG/REPO, or llama:ORG/REPO:Q8_0.',
  };
}

/** `ORG/REPO`. Pure. */
export function repositoryId({ owner, repository }: Pick<LlamaRepository, 'owner' | 'repository'>): string {
  return `${owner}/${repository}`;
}

/** What all files of a repository begin with in the older cache, which has no directories. Pure. */
export function flatPrefix({ owner, repository }: Pick<LlamaRepository, 'owner' | 'repository'>): string {
  return `${owner}_${repository}_`;
}

/** What a path in a repository is called there, behind the prefix. Pure. */
export function flatName(path: string): string {
  return path.replaceAll('/', '_');
}

/** The manifests of a repository in the older cache begin so; the tag and `.json` follow. Pure. */
export function manifestPrefix({ owner, repository }: Pick<LlamaRepository, 'owner' | 'repository'>): string {
  return `manifest=${owner}=${repository}=`;
}
