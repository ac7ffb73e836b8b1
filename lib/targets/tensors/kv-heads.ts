import type { JobOptions } from '../../native/job.ts';
import { readRange } from '../../native/read-range.ts';
import type { WarmFile } from '../warm-set.ts';

// Those of the largest models have some tens of kilobytes.
const MOST_CONFIG_BYTES = 1024 * 1024;

/** Key and value heads, as the `config.json` beside a model's file has them; null where that isn't to be found. */
export async function readKvHeads(file: WarmFile, options: JobOptions): Promise<number | null> {
  if (file.rawPath) return null;
  const path = `${file.path.slice(0, file.path.lastIndexOf('/') + 1)}config.json`;
  try {
    const bytes = await readRange(path, { ...options, length: MOST_CONFIG_BYTES });
    return kvHeadsOf(JSON.parse(bytes.toString('utf8')));
  } catch {
    options.signal?.throwIfAborted();
    return null;
  }
}

/** Models that also see or hear keep what concerns their language in a part of its own. Pure. */
export function kvHeadsOf(config: unknown): number | null {
  const own = numberAt(config, 'num_key_value_heads') ?? numberAt(config, 'num_attention_heads');
  return own ?? (isObject(config) && isObject(config.text_config) ? kvHeadsOf(config.text_config) : null);
}

function numberAt(config: unknown, key: string): number | null {
  const value = isObject(config) ? config[key] : undefined;
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
