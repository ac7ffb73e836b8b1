import type { LaunchEvent, LaunchResult } from '../../launch/options.ts';
import type { LaunchReport } from '../../launch/report.ts';
import type { BesideProgress } from '../../launch/types.ts';
import {
  renderEnd,
  renderFound,
  renderHeartbeat,
  renderStart,
  renderTrouble,
  renderWaiting,
} from '../render/launch.ts';
import type { Terminal } from '../render/terminal.ts';

const HEARTBEAT_MS = 5000;

/** Turns what happens beside a server into lines. */
export class Narration {
  readonly #terminal: Terminal;
  readonly #quiet: boolean;
  readonly #say: (lines: readonly string[]) => void;
  readonly #now: () => number;
  #beatAt: number;
  #beatRead = 0;
  #told = false;

  /** @param now milliseconds of any clock that only goes forward */
  constructor(
    terminal: Terminal,
    quiet: boolean,
    say: (lines: readonly string[]) => void,
    now = () => performance.now(),
  ) {
    this.#now = now;
    this.#beatAt = now();
    this.#terminal = terminal;
    this.#quiet = quiet;
    this.#say = say;
  }

  onEvent(event: LaunchEvent): void {
    if (event.type === 'trouble') this.#say(renderTrouble(this.#terminal, event.doing, event.error));
    if (this.#quiet) return;
    if (event.type === 'found') this.#say(renderFound(this.#terminal, event));
    if (event.type === 'waiting') this.#say(renderWaiting(this.#terminal, event.waitFor));
    if (event.type === 'progress') this.#beat(event.progress);
  }

  /** The paragraph, once: when the start is over, or the server. */
  start(report: LaunchReport): void {
    // What was found has been said; that nothing came of it needs no second line.
    if (this.#told || this.#quiet || (report.readyMs === null && report.fill === null)) return;
    this.#told = true;
    this.#say(renderStart(this.#terminal, report));
  }

  end(result: LaunchResult): void {
    this.#say(renderEnd(this.#terminal, result));
  }

  #beat(progress: BesideProgress): void {
    const now = this.#now();
    if (now - this.#beatAt < HEARTBEAT_MS) return;
    this.#beatAt = now;
    // A line that says the same as the last one is noise in somebody's log.
    if (progress.read === this.#beatRead) return;
    this.#beatRead = progress.read;
    this.#say(renderHeartbeat(this.#terminal, progress));
  }
}
