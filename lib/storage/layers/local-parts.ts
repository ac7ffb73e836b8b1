import { basename, dirname, join } from 'node:path';

/** Where this node's own layer of a path lies, unless told otherwise: beside it, so that content can be renamed. */
export function localDirectoryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.warmset`);
}

/** What this node's own directory holds. */
export interface LocalParts {
  readonly local: string;
  readonly upper: string;
  readonly work: string;
  readonly aside: string;
  readonly kept: string;
  readonly locals: string;
  readonly list: string;
}

export function partsOf(local: string): LocalParts {
  const at = (name: string): string => join(local, name);
  return {
    ...{ local, upper: at('upper'), work: at('work'), aside: at('aside'), kept: at('kept') },
    ...{ locals: at('local'), list: at('lower.jsonl') },
  };
}
