import { resolve } from 'node:path';
import type { JobOptions } from '../native/job.ts';
import { readRange } from '../native/read-range.ts';
import { isDirectory } from '../targets/index.ts';
import { recogniseServer } from './recognise/index.ts';
import type { NamedModel, RecognisedServer } from './types.ts';

// Options are a page of text; what is longer isn't read.
const MOST_CONFIG_BYTES = 1024 * 1024;

export interface UnderstandOptions extends JobOptions {
  /** Where relative paths of the command line start. */
  readonly cwd: string;
}

/**
 * What a command line says about its server, with what it refers to on this host: a file of further options is read, and
 * a name that is both a directory here and a model of the hub is what the server takes for it, the directory.
 */
export async function understandServer(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  options: UnderstandOptions,
): Promise<RecognisedServer | null> {
  const first = recogniseServer(argv, environment);
  if (first === null) return null;
  const { configFile } = first;
  const content = configFile === undefined ? undefined : await readConfig(configFile, options);
  const server =
    content === undefined ? first : recogniseServer(argv, environment, { configFile: () => content });
  if (server === null) return null;
  return { ...server, models: await Promise.all(server.models.map((model) => locate(model, options))) };
}

/** What can't be read is as if it weren't there: the server itself will say so. */
async function readConfig(file: string, options: UnderstandOptions): Promise<unknown> {
  try {
    const length = MOST_CONFIG_BYTES + 1;
    const bytes = await readRange(resolve(options.cwd, file), { ...options, length });
    const { parseServerConfig } = await import('./recognise/config-file.ts');
    return bytes.length < length ? parseServerConfig(bytes.toString('utf8')) : undefined;
  } catch {
    options.signal?.throwIfAborted();
    return undefined;
  }
}

async function locate(model: NamedModel, options: UnderstandOptions): Promise<NamedModel> {
  if (model.localPath === undefined) return model;
  const path = resolve(options.cwd, model.localPath);
  return (await isDirectory(path, options)) ? { ...model, target: path } : model;
}
