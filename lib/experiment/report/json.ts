import type { ConditionSummary, Figures } from '../analyse.ts';
import type { Report } from './report.ts';

/** `experiment.json`, and what `--json` prints. Times are milliseconds. */
export function experimentJson(report: Report): object {
  const { header, trials, analysis, verdicts, differences, missing, bytes } = report;
  const { startedAt, design, machine, files } = header;
  return {
    schema: 'warmset.experiment/1',
    startedAt,
    bytes,
    design,
    machine,
    files,
    verdicts,
    conditions: analysis.summaries.map(summaryJson),
    comparisons: analysis.comparisons,
    differences,
    missing,
    trials: trials.map(({ type: _, ...trial }) => trial),
  };
}

function summaryJson({
  condition,
  scheduler,
  trials,
  voids,
  load,
  preparation,
  total,
}: ConditionSummary): object {
  return {
    condition,
    scheduler,
    trials: trials.length,
    voids,
    load: figuresJson(load),
    preparation: figuresJson(preparation),
    total: figuresJson(total),
  };
}

function figuresJson(figures: Figures | null): object | null {
  return figures && { ...figures.spread, interval: figures.interval };
}
