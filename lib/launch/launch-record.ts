import type { StartupReport } from '../probe/startup/types.ts';
import type { HeldBack } from './hold-back.ts';
import type { LaunchEvent, LaunchOptions } from './options.ts';
import { type LaunchFacts, type LaunchReport, toReport } from './report.ts';

/** What happened in one launch, and whom it is told. */
export class LaunchRecord {
  readonly beganAt = performance.now();
  readonly facts: LaunchFacts;
  heldBack: HeldBack | null = null;
  readonly #onEvent: LaunchOptions['onEvent'];

  constructor({ command, onEvent }: LaunchOptions) {
    this.#onEvent = onEvent;
    this.facts = {
      command: command.map(String),
      beganAtMs: Date.now(),
      pid: null,
      spawnMs: null,
      heldBackMs: 0,
      found: null,
      ready: null,
      fill: null,
      phases: null,
      troubles: [],
      exit: null,
    };
  }

  tell(event: LaunchEvent): void {
    try {
      this.#onEvent?.(event);
    } catch {
      // A listener's mistake is no reason for the server to end.
    }
  }

  /** What failed of ours is told, and the server runs on. */
  trouble(doing: string, error: unknown): void {
    this.facts.troubles.push(`${doing}: ${error instanceof Error ? error.message : String(error)}`);
    this.tell({ type: 'trouble', doing, error });
  }

  report(phases: StartupReport | null): LaunchReport {
    return toReport({ ...this.facts, phases: this.facts.phases ?? phases });
  }
}
