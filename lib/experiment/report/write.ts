import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExperimentResult } from '../run-experiment.ts';
import { renderCsv } from './csv.ts';
import { renderFirstTokenMarkdown } from './first-token.ts';
import { renderHtml } from './html/page.ts';
import { experimentJson } from './json.ts';
import { renderStorageMarkdown } from './markdown.ts';
import { makeReport, type Report } from './report.ts';

export interface WrittenReport {
  readonly report: Report;
  /** Paths of the files, the one to open first at first. */
  readonly files: readonly string[];
}

/**
 * Writes what an experiment came to beside its journal: `report.html`, `storage_load_bench.md` and `.csv`,
 * `first_token_latency.md` where servers were started, and `experiment.json`. All follow from the journal, so an
 * earlier version of them is replaced.
 */
export async function writeReport(directory: string, result: ExperimentResult): Promise<WrittenReport> {
  const report = makeReport(result);
  const firstToken = renderFirstTokenMarkdown(report);
  const contents: readonly (readonly [name: string, text: string])[] = [
    ['report.html', renderHtml(report)],
    ['storage_load_bench.md', renderStorageMarkdown(report)],
    ['storage_load_bench.csv', renderCsv(report.trials)],
    ...(firstToken === null ? [] : [['first_token_latency.md', firstToken] as const]),
    ['experiment.json', `${JSON.stringify(experimentJson(report), null, 2)}\n`],
  ];
  const files: string[] = [];
  for (const [name, text] of contents) {
    const path = join(directory, name);
    await replaceFile(path, text);
    files.push(path);
  }
  return { report, files };
}

/** Whole or not at all: a browser may have the old one open. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
