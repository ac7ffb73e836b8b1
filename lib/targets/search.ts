import { homedir } from 'node:os';
import type { JobOptions } from '../native/job.ts';
import type { ServerKind } from '../server-kind.ts';

/** How targets are looked for. */
export interface ResolveOptions extends JobOptions {
  /** Directory that relative targets start from. @default process.cwd() */
  readonly cwd?: string | undefined;
  /**
   * Of a plain directory: `name` takes every file, names in natural order; `load` takes what a server reads of the
   * models in it, in that order. Targets that name a model (`hf:`, `ollama:`, `llama:`, a GGUF file, a TensorRT-LLM engine) are
   * in load order anyway. @default 'name'
   */
  readonly order?: 'name' | 'load' | undefined;
  /** Whose rules say which weights are read, where servers differ. @default 'vllm' */
  readonly server?: ServerKind | undefined;
  /** Variables that decide where caches are. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Home directory. @default HOME of `env`, else the user's */
  readonly home?: string | undefined;
}

/** The same with nothing left open. */
export interface Search extends JobOptions {
  readonly cwd: string;
  readonly order: 'name' | 'load';
  readonly server: ServerKind | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

export function toSearch(options: ResolveOptions): Search {
  const { env = process.env, order = 'name', server, priority, signal } = options;
  return {
    cwd: options.cwd ?? process.cwd(),
    order,
    server,
    env,
    home: options.home ?? (env.HOME || homedir()),
    priority,
    signal,
  };
}
