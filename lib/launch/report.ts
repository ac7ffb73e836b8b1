import type { StartupReport } from '../probe/startup/types.ts';
import { exitCodeOf, type ServerExit } from './child/exit.ts';
import type { Found } from './options.ts';
import type { Ready } from './readiness/readiness.ts';
import type { BesideResult } from './types.ts';

/** What is known of a launch so far. Milliseconds are from the beginning of the launch, bytes of the set. */
export interface LaunchReport {
  readonly command: readonly string[];
  /** Since 1970. */
  readonly beganAtMs: number;
  /** Null when it never ran. */
  readonly pid: number | null;
  /** Until the server's process was there. */
  readonly spawnMs: number | null;
  /** How long the server was held back for the fill. */
  readonly heldBackMs: number;
  /** From the server's start to the first byte that its loader read of the set. */
  readonly firstReadMs: number | null;
  /** From the server's start; null while it isn't ready, or never was. */
  readonly readyMs: number | null;
  readonly readyBy: Ready['by'] | null;
  readonly found: Found | null;
  readonly fill: BesideResult | null;
  /** What its log told; null where it could not be read. */
  readonly phases: StartupReport | null;
  /** Of ours that failed, in words. */
  readonly troubles: readonly string[];
  /** Null while it runs. */
  readonly exit: ServerExit | null;
  readonly exitCode: number | null;
  /** What was done and why, in words. */
  readonly why: string;
}

/** The parts of a report as they come in. */
export interface LaunchFacts {
  readonly command: readonly string[];
  readonly beganAtMs: number;
  pid: number | null;
  spawnMs: number | null;
  heldBackMs: number;
  found: Found | null;
  ready: Ready | null;
  fill: BesideResult | null;
  phases: StartupReport | null;
  readonly troubles: string[];
  exit: ServerExit | null;
}

/** Pure. */
export function toReport(facts: LaunchFacts): LaunchReport {
  const { ready, exit, fill, troubles, ...rest } = facts;
  return {
    ...rest,
    firstReadMs: fill?.firstReadMs ?? null,
    readyMs: ready?.ms ?? null,
    readyBy: ready?.by ?? null,
    fill,
    troubles: [...troubles],
    exit,
    exitCode: exit && exitCodeOf(exit),
    why: whyOf(facts),
  };
}

function whyOf({ found, fill, troubles, exit }: LaunchFacts): string {
  if (fill) return fill.why;
  if (found?.idle) return found.idle;
  const trouble = troubles[0];
  if (trouble !== undefined) return trouble;
  return exit ? 'the server ended before anything was filled beside it' : 'nothing has been filled yet';
}
