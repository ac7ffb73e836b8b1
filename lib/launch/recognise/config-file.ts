import { parse } from 'yaml';

/** Options are a page of text; what is longer is something else. */
const MAX_LENGTH = 1024 * 1024;

/**
 * The content of a server's `--config FILE`, YAML or JSON; `null` when it is neither. A module of its own, because
 * most command lines need no YAML. Pure.
 */
export function parseServerConfig(text: string): unknown {
  if (text.length > MAX_LENGTH) return null;
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return null;
  }
}
