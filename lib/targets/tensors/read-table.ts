import { isSystemError } from '../../errors.ts';
import type { JobOptions } from '../../native/job.ts';
import { readRange } from '../../native/read-range.ts';
import type { GgufTable } from '../gguf/parse.ts';
import { readGguf } from '../gguf/read.ts';
import { jsonLength, type SafetensorsTable } from '../safetensors/parse.ts';
import { readSafetensors } from '../safetensors/read.ts';
import { pathBytes, type WarmFile } from '../warm-set.ts';

const SNIFFED_BYTES = 16;
const BRACE = 0x7b;

/**
 * The tensors of a file of a set; null where it is neither safetensors nor GGUF. By its name; where that has no
 * ending, as blobs of caches have none, by how it begins.
 *
 * @throws WarmsetError `WARMSET_BAD_MODEL`
 * @throws SystemError
 */
export async function readTensorTable(
  file: WarmFile,
  options: JobOptions = {},
): Promise<SafetensorsTable | GgufTable | null> {
  const format = formatByName(file.path) ?? (await formatByContent(file, options));
  if (format === 'safetensors') return readSafetensors(pathBytes(file), options);
  return format === 'gguf' ? readGguf(pathBytes(file), options) : null;
}

/** Null: has another ending. Undefined: has none. */
function formatByName(path: string): 'safetensors' | 'gguf' | 'other' | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const ending = /\.([^.]*)$/.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined) return undefined;
  return ending === 'safetensors' || ending === 'gguf' ? ending : 'other';
}

async function formatByContent(
  file: WarmFile,
  options: JobOptions,
): Promise<'safetensors' | 'gguf' | 'other'> {
  if (file.size < SNIFFED_BYTES) return 'other';
  try {
    const start = await readRange(pathBytes(file), { ...options, length: SNIFFED_BYTES });
    if (start.toString('latin1', 0, 4) === 'GGUF') return 'gguf';
    // A length that the format allows, and JSON behind it.
    return start[8] === BRACE && jsonLength(start, file.size) > 0 ? 'safetensors' : 'other';
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isSystemError(error)) throw error;
    return 'other';
  }
}
