import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Config, loadConfig, type Problem } from '../../config/index.ts';
import { WarmsetError } from '../../errors.ts';
import { parseListen } from '../../listen-address.ts';
import { parseTarget } from '../../targets/index.ts';

export const USUAL_FILE = 'warmset.yaml';

/** What the command line says over the configuration. */
export interface KeepFlags {
  readonly config?: string;
  /** Milliseconds. */
  readonly deadline?: number;
  readonly share?: number;
  readonly listen?: string;
  readonly logFormat?: Config['log']['format'];
}

export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly Problem[];
}

/**
 * The configuration of a file and the environment, or of targets and the environment, with what the command line says
 * over both.
 *
 * @throws ConfigError, WarmsetError
 */
export async function loadKeepConfig(
  targets: readonly string[],
  flags: KeepFlags,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<LoadedConfig> {
  if (targets.length > 0 && flags.config !== undefined) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', 'targets and --config are both given', {
      remedy: 'name the targets in the file, or leave --config out',
    });
  }
  const file = targets.length > 0 ? undefined : (flags.config ?? (await usualFile()));
  const { config, warnings } = await loadConfig(file, { env: withTargets(env, targets), signal });
  const { deadline, share, listen, logFormat } = flags;
  return {
    config: {
      ...config,
      ...(deadline === undefined ? {} : { deadline }),
      ...(share === undefined ? {} : { share }),
      // Whether others may reach it is looked at when it is listened at.
      ...(listen === undefined ? {} : { listen: parseListen(listen, '--listen') }),
      ...(logFormat === undefined ? {} : { log: { ...config.log, format: logFormat } }),
    },
    warnings,
  };
}

/** A set named `default`. Absolute, so that a reload means the same files. */
function withTargets(env: NodeJS.ProcessEnv, targets: readonly string[]): NodeJS.ProcessEnv {
  if (targets.length === 0) return env;
  const broken = targets.find((target) => target.includes('\n') || target === '' || target === '-');
  if (broken !== undefined) {
    throw new WarmsetError('WARMSET_BAD_TARGET', `${JSON.stringify(broken)} can't be kept by its name`, {
      remedy: 'name it in a configuration file',
    });
  }
  return { ...env, WARMSET_TARGETS: targets.map(anywhere).join('\n') };
}

/** What is named by its kind means the same wherever it is read, but for the path of an environment. */
function anywhere(target: string): string {
  const named = parseTarget(target);
  if (named?.kind === 'python') return `python:${resolve(named.text)}`;
  return named ? target : resolve(target);
}

function usualFile(): Promise<string | undefined> {
  return access(USUAL_FILE).then(
    () => USUAL_FILE,
    () => undefined,
  );
}
