/** What a launch works with beside the process that it starts: tests put something else in its place. */
import { warm } from '../fill/index.ts';
import { StartupLog } from '../probe/startup/index.ts';
import type { StartupEvent, StartupReport } from '../probe/startup/types.ts';
import { residency } from '../residency/index.ts';
import { resolveTargets, type WarmSet } from '../targets/index.ts';
import { fillBeside } from './beside/index.ts';
import { recogniseServer } from './recognise/index.ts';
import type { BesideOptions, BesideResult, RecognisedServer } from './types.ts';

/** Reads a server's output while it starts. */
export interface LogReader {
  write(chunk: Uint8Array, atMs?: number): readonly StartupEvent[];
  report(): StartupReport;
}

export interface ResolveChoice {
  readonly cwd?: string | undefined;
  /** As the server will see it: it decides where models are. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface LaunchDependencies {
  readonly recognise: (
    argv: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) => RecognisedServer | null;
  readonly resolve: (targets: readonly (string | Buffer)[], choice: ResolveChoice) => Promise<WarmSet>;
  readonly residency: typeof residency;
  readonly warm: typeof warm;
  readonly fillBeside: (set: WarmSet, options: BesideOptions) => Promise<BesideResult>;
  readonly createLog: () => LogReader;
}

export const HOST: LaunchDependencies = {
  recognise: recogniseServer,
  resolve: (targets, { cwd, signal }) => resolveTargets(targets, { cwd, signal }),
  residency,
  warm,
  fillBeside,
  createLog: () => new StartupLog(),
};
