import { isSystemError } from '../../errors.ts';
import type { LaunchReport } from '../../launch/report.ts';
import { writeOutput } from '../../write-atomically.ts';
import { runJsonText } from '../json-contract-run.ts';

/** The file of `--report`: whoever reads it finds the last whole document. */
export class ReportFile {
  readonly #path: string;
  readonly #onFailure: (message: string) => void;
  #failed = false;
  #queue: Promise<void> = Promise.resolve();

  constructor(path: string, onFailure: (message: string) => void) {
    this.#path = path;
    this.#onFailure = onFailure;
  }

  /** One after the other: the last one given stays. */
  write(report: LaunchReport): Promise<void> {
    const { user, system } = process.cpuUsage();
    const bytes = Buffer.from(runJsonText(report, (user + system) / 1e6));
    this.#queue = this.#queue
      .then(() => writeOutput(this.#path, bytes))
      .catch((error: unknown) => {
        if (this.#failed) return;
        this.#failed = true;
        this.#onFailure(isSystemError(error) ? `${error.code}, ${error.syscall}` : String(error));
      });
    return this.#queue;
  }
}
