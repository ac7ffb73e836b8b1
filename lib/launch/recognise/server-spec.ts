import type { ServerKind } from '../../server-kind.ts';
import type { RecognisedServer, ServerAddress } from '../types.ts';
import type { Command, Environment } from './command.ts';
import type { Given, OptionTable } from './options.ts';

/** What may be asked while a command line is read; nothing here touches a file by itself. */
export interface RecogniseOptions {
  /**
   * The options that a configuration file holds, parsed ({@link parseServerConfig}); `null` when it can't be read.
   *
   * @default such files are left out, and {@link RecognisedServer.configFile} names them
   */
  readonly configFile?: ((path: string) => unknown) | undefined;
  /**
   * Whether a directory of that path, relative to the working directory, exists: servers prefer it to a name on a hub.
   *
   * @default not asked; the model's `localPath` says what to look for
   */
  readonly isDirectory?: ((path: string) => boolean) | undefined;
}

/** How one kind of server is told from its command line. */
export interface ServerSpec {
  readonly server: ServerKind;
  /** What stands behind the words by which it was recognised, and those words; `null` when it is something else. */
  readonly matches: (command: Command) => Match | null;
  readonly read: (
    match: Match,
    command: Command,
    options: RecogniseOptions,
  ) => Omit<RecognisedServer, 'server' | 'evidence'>;
}

export interface Match {
  readonly args: readonly string[];
  /** `vllm serve`, `python -m sglang.launch_server`. */
  readonly evidence: string;
}

/** Where the Hugging Face libraries look, in whatever version. */
export const HUGGING_FACE = [
  'HF_HOME',
  'HF_HUB_CACHE',
  'HUGGINGFACE_HUB_CACHE',
  'TRANSFORMERS_CACHE',
  'XDG_CACHE_HOME',
  'HOME',
] as const;

/** Those variables that are set. */
export function pick(env: Environment, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = variable(env, name);
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

export function variable(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|true|on|yes|enabled)$/i.test(value);
}

/** An address to connect to; `null` for a port that is none. Port 0 is chosen by the kernel. */
export function addressOf(
  host: string,
  port: string | number,
  more: Pick<ServerAddress, 'tls' | 'otherPorts'> = {},
): ServerAddress | null {
  const number = Number(port);
  if (!/^\d{1,5}$/.test(String(port).trim()) || number < 1 || number > 65_535) return null;
  return { host: connectable(host), port: number, ...more };
}

function connectable(host: string): string {
  const bare = host.trim().replace(/^\[(.*)\]$/, '$1');
  if (bare === '' || bare === '0.0.0.0' || bare === '*') return '127.0.0.1';
  return bare === '::' ? '::1' : bare;
}

/** A whole number from 1, such as a count of processes. */
export function countOf(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,6}$/.test(value) && Number(value) > 0 ? Number(value) : null;
}

/** What a configuration file says, as if its keys stood on the command line. */
export function givenByFile<Key extends string>(
  path: string,
  { known }: OptionTable<Key>,
  { configFile }: RecogniseOptions,
): readonly Given<Key>[] {
  const content = configFile?.(path);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return [];
  return Object.entries(content).flatMap(([name, value]): Given<Key>[] => {
    const option = `--${name.replaceAll('_', '-')}`;
    const spec = Object.hasOwn(known, option) ? known[option] : undefined;
    if (spec === undefined || value === null || value === undefined) return [];
    const values = (Array.isArray(value) ? value : [value]).map((item: unknown) =>
      typeof item === 'object' ? JSON.stringify(item) : String(item),
    );
    return [{ key: spec.key, written: `${name} in ${path}`, values }];
  });
}

/** A JSON object, or an empty one. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** A member that is a string. */
export function stringIn(object: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
