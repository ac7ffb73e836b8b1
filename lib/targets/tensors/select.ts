import picomatch from 'picomatch';
import { WarmsetError } from '../../errors.ts';
import type { Tensor, TensorTable } from './tensor.ts';

// In names of tensors a slash is a character like any other, and picomatch makes `*` end there.
const SLASH_STANDS_FOR = '\u{1}';

/** Whether a tensor of this name is meant. */
export type NameFilter = (name: string) => boolean;

/**
 * A glob on the dotted names of tensors: `*` stands for any characters, dots among them, `?` for one, `[0-9]` for one of
 * these, `{a,b}` for either. It is compared with the whole name.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a pattern that is empty or too long
 */
export function nameFilter(pattern: string): NameFilter {
  if (pattern === '' || pattern.length > MOST_PATTERN) {
    throw new WarmsetError(
      'WARMSET_BAD_ARGUMENT',
      pattern === '' ? 'The pattern for tensors is empty.' : 'The pattern for tensors is too long.',
      {
        subject: 'tensors',
        remedy:
          "Give a glob on their names, such as 'model.layers.[0-9].*'; warmset targets tensors FILE shows them.",
      },
    );
  }
  const matches = picomatch(pattern.replaceAll('/', SLASH_STANDS_FOR), {
    dot: true,
    flags: 's',
    // No second language beside the glob: with them a short pattern can take for ever.
    noextglob: true,
    nonegate: true,
    // [!0-9] is what the shell makes of it.
    posix: true,
  });
  return (name) => matches(name.replaceAll('/', SLASH_STANDS_FOR));
}

const MOST_PATTERN = 4096;

/** The tensors whose names a glob matches, in the table's order. Pure. */
export function selectTensors(table: TensorTable, pattern: string): readonly Tensor[] {
  const matches = nameFilter(pattern);
  return table.tensors.filter(({ name }) => matches(name));
}
