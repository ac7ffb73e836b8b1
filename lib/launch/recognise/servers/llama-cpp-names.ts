import type { NamedModel } from '../../types.ts';

interface GivenValue {
  readonly value: string;
  readonly from: string;
}

export interface RepositoryOptions {
  readonly kind: NamedModel['kind'];
  /** The one file of it that is named. */
  readonly file: string | undefined;
  /** A projector that is in the repository is loaded, too. */
  readonly projector: boolean;
  /** What `--spec-type` says, lists with commas. */
  readonly speculation: readonly string[];
}

/** What stands behind `-hf`, and of it what a target takes. */
const REPOSITORY = /^([\w.-]+\/[\w.-]+)(?::([\w.+-]+))?$/;

/** A repository of the hub as llama.cpp takes it, as a target; `null` for what it takes for none. Pure. */
export function nameRepository(
  given: GivenValue | null,
  { kind, file, projector, speculation }: RepositoryOptions,
): NamedModel | null {
  const match = given === null ? null : REPOSITORY.exec(given.value);
  // No file of a repository, but where older releases put the download.
  if (given === null || match === null || (file !== undefined && /^[/.~]/.test(file))) return null;
  const [, repository = '', quantisation] = match;
  // `--spec-type draft-mtp` loads the repository's `mtp-…gguf`.
  const heads = speculation
    .flatMap((list) => list.split(','))
    .map((type) => /^draft-(mtp|dspark|dflash|eagle3)$/.exec(type)?.[1])
    .filter((head) => head !== undefined);
  const options = [...(kind === 'draft' ? ['draft'] : projector ? [] : ['no-mmproj']), ...new Set(heads)];
  const which = file === undefined ? (quantisation === undefined ? '' : `:${quantisation}`) : `/${file}`;
  const target = [`llama:${repository}${which}`, ...options].join(',');
  if (file !== undefined) return { target, from: given.from, kind, file };
  return { target, from: given.from, kind, ...(quantisation === undefined ? {} : { quantisation }) };
}

/** What an address leaves in llama.cpp's cache. Pure. */
export function nameDownload(given: GivenValue | null, kind: NamedModel['kind']): NamedModel | null {
  return given === null || !/^https?:\/\//i.test(given.value)
    ? null
    : { target: `llama:${given.value}`, from: given.from, kind };
}
