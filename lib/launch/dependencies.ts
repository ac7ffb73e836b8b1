/** What a launch works with beside the process that it starts: tests put something else in its place. */
import { warm } from '../fill/index.ts';
import { StartupLog } from '../probe/startup/index.ts';
import type { StartupEvent, StartupReport } from '../probe/startup/types.ts';
import { residency } from '../residency/index.ts';
import type { ServerKind } from '../server-kind.ts';
import { resolveTargets, type WarmSet } from '../targets/index.ts';
import { type Advice, adviseFill } from './advise/index.ts';
import { fillBeside } from './beside/index.ts';
import { type FactsQuestion, gatherFacts } from './gather-facts.ts';
import type { BesideOptions, BesideResult, RecognisedServer } from './types.ts';
import { type UnderstandOptions, understandServer } from './understand.ts';

/** Reads a server's output while it starts. */
export interface LogReader {
  write(chunk: Uint8Array, atMs?: number): readonly StartupEvent[];
  report(): StartupReport;
}

export interface ResolveChoice {
  readonly cwd?: string | undefined;
  /** As the server will see it: it decides where models are. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whose rules say which weights are read. */
  readonly server: ServerKind | undefined;
  readonly signal: AbortSignal;
}

export interface LaunchDependencies {
  readonly recognise: (
    argv: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
    options: UnderstandOptions,
  ) => Promise<RecognisedServer | null>;
  readonly advise: (question: FactsQuestion) => Promise<Advice>;
  readonly resolve: (targets: readonly (string | Buffer)[], choice: ResolveChoice) => Promise<WarmSet>;
  readonly residency: typeof residency;
  readonly warm: typeof warm;
  readonly fillBeside: (set: WarmSet, options: BesideOptions) => Promise<BesideResult>;
  readonly createLog: () => LogReader;
}

export const HOST: LaunchDependencies = {
  recognise: understandServer,
  advise: async (question) => adviseFill(await gatherFacts(question)),
  resolve: (targets, { environment: env, ...choice }) =>
    resolveTargets(targets, { ...choice, env, order: 'load' }),
  residency,
  warm,
  fillBeside,
  createLog: () => new StartupLog(),
};
