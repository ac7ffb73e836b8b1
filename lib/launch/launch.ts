import { accompanied } from './accompanied.ts';
import { foreignChild } from './child/foreign-child.ts';
import { type SpawnedChild, spawnChild } from './child/spawn-child.ts';
import type { LaunchedServer, LaunchOptions } from './options.ts';

/**
 * Starts a server at once, and beside it the fill of what it will read: in load order, ahead of its loader, under
 * budget and guard, until it is ready or gone. Nothing that fails of ours keeps the server from running; it is told by
 * the event `trouble` and in the report. A server that can't be started is a result: `exited` says why.
 *
 * ```ts
 * const server = launch({ command: ['vllm', 'serve', 'Qwen/Qwen3-8B'] });
 * await server.ready;
 * const { exitCode } = await server.exited;
 * ```
 */
export function launch(options: LaunchOptions): LaunchedServer {
  return launchKnown(options, () => {});
}

/** The same for whoever has to know the process itself. @param onStart told before anything else happens */
export function launchKnown(options: LaunchOptions, onStart: (child: SpawnedChild) => void): LaunchedServer {
  return accompanied(options, (onOutput) => {
    const child = spawnChild({
      command: options.command,
      environment: options.environment,
      cwd: options.cwd,
      stdin: options.stdin ?? 'ignore',
      stdout: options.stdout ?? 'inherit',
      stderr: options.stderr ?? 'inherit',
      joined: options.joined,
      onOutput,
    });
    onStart(child);
    return child;
  });
}

/**
 * The same fill beside a server that somebody else starts or started.
 *
 * @param options `command` says what it is; what is about starting it means nothing here
 */
export function accompany(pid: number, options: LaunchOptions): LaunchedServer {
  const seen = { ...options, stdout: 'inherit', stderr: 'inherit', waitFor: undefined } as const;
  return accompanied(seen, () => foreignChild(pid));
}
