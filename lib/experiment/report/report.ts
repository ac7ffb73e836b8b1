import { type Analysis, analyse } from '../analyse.ts';
import type { ExperimentResult } from '../run-experiment.ts';
import { type Conclusion, judgeExperiment } from '../verdict.ts';

/** An experiment with everything that is said of it. */
export interface Report extends ExperimentResult {
  readonly analysis: Analysis;
  readonly verdicts: readonly Conclusion[];
  /** Of all files. */
  readonly bytes: number;
}

export function makeReport(result: ExperimentResult): Report {
  const analysis = analyse(result.header.design, result.trials);
  return {
    ...result,
    analysis,
    verdicts: judgeExperiment(analysis),
    bytes: result.header.files.reduce((sum, { size }) => sum + size, 0),
  };
}
