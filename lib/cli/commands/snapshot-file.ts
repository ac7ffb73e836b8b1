import { WarmsetError } from '../../errors.ts';
import { rawArguments } from '../raw-arguments.ts';

/** The name of a snapshot's own file. The files in it may have any name; it itself is named by whoever saves it. */
export function snapshotFile(word: string): string {
  const [name] = rawArguments([word]);
  if (typeof name === 'string' && name !== '') return name;
  const what = name === '' ? 'the name of the snapshot is empty' : 'the name of the snapshot is no UTF-8';
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', what, { remedy: 'choose a name such as llama.snap' });
}
