import { Html, html, NOTHING } from '../../../html.ts';
import { formatDuration } from '../../../units.ts';
import { FACT_NAMES, type MachineFacts } from '../../machine-facts.ts';
import { type Conclusion, formatP } from '../../verdict.ts';
import { describeDesign } from '../describe.ts';
import { factText } from '../markdown.ts';
import type { Report } from '../report.ts';
import { drawDistribution } from './distribution.ts';
import { drawPhases } from './phase-bars.ts';
import { STYLE, STYLE_SOURCE } from './style.ts';
import { summaryTable, trialTable } from './tables.ts';
import { drawTimelines } from './timeline.ts';

/** One file that opens from a disk: no script, nothing fetched, light and dark, for screens and paper. */
export function renderHtml(report: Report): string {
  const { verdicts, analysis, header } = report;
  const { summaries } = analysis;
  const title = verdicts[0]?.headline ?? 'warmset experiment';
  const measured = summaries.some(({ trials }) => trials.length > 0);
  const policy = `default-src 'none'; style-src '${STYLE_SOURCE}'`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark"><title>${title}</title>
<style>${new Html(STYLE)}</style></head><body>
<header><h1>Does warming the page cache pay here?</h1>
<p class="facts">${describeDesign(report)}</p></header>
<main>${verdicts.map((verdict) => verdictSection(verdict, report))}
${measured ? charts(report) : NOTHING}
<section><h2>Conditions</h2>${summaryTable(summaries, header.design)}
<p class="dim">Medians, with 95 % bootstrap intervals of the total. Quantiles are interpolated (type 7). Outliers are values beyond 1.5 interquartile ranges from the quartiles; they are shown and counted.</p></section>
<section class="trials"><h2>Trials</h2>${trialTable(report)}
<p class="dim">In the order in which they were taken. Stalled: how long at least one task of the host waited for a disk, for memory or for a CPU meanwhile, the reader included.</p></section>
<section><h2>Machine</h2>${machine(header.machine)}</section></main>
<footer><p>Made by warmset from trials.jsonl, the journal beside this file.</p></footer></body></html>
`;
  return page.text;
}

function verdictSection({ scheduler, headline, sentences }: Conclusion, { analysis }: Report): Html {
  const of = (name: string) =>
    analysis.summaries.find((one) => one.condition === name && one.scheduler === scheduler)?.total?.spread;
  const comparison = analysis.comparisons.find(
    (one) => one.condition === 'warm' && one.scheduler === scheduler,
  );
  const [cold, warm] = [of('cold'), of('warm')];
  const name = scheduler === null ? NOTHING : html`<p class="dim">With the I/O scheduler ${scheduler}</p>`;
  const figure = (term: string, value: string, note: string): Html =>
    html`<div><dt>${term}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`;
  return html`<section class="verdict">${name}<h2>${headline}</h2>${sentences.map((sentence) => html`<p>${sentence}</p>`)}${
    cold && warm && comparison
      ? html`<dl class="figures">${figure('cold', formatDuration(cold.median), `median of ${cold.count}`)}${figure('warm', formatDuration(warm.median), `median of ${warm.count}`)}${figure('saved', formatDuration(comparison.saved.estimate), `${formatDuration(comparison.saved.low)} to ${formatDuration(comparison.saved.high)}`)}${figure('by chance', formatP(comparison.test.p), 'two-sided')}</dl>`
      : NOTHING
  }</section>`;
}

function charts({ analysis, bytes }: Report): Html {
  const { summaries } = analysis;
  return html`<section><h2>What each trial took</h2><p class="dim">A dot is a trial, preparation included; the stroke across is the median, the thick line its interval, the band the middle half. Hollow dots are outliers.</p>${drawDistribution(summaries)}</section>
<section><h2>What the time is made of</h2><p class="dim">Medians of each part.</p>${drawPhases(summaries)}</section>
<section><h2>Memory and device over time</h2><p class="dim">The trial nearest to its condition's median. The area is what of the set is in memory, the line what was read from the device so far, both against the size of the set; the dashed line is where the reader starts after its preparation.</p>${drawTimelines(summaries, bytes)}</section>`;
}

function machine(facts: MachineFacts): Html {
  const names = Object.keys(FACT_NAMES) as (keyof MachineFacts)[];
  return html`<dl class="machine">${names.map((name) => html`<div><dt>${FACT_NAMES[name]}</dt><dd>${factText(name, facts)}</dd></div>`)}</dl>`;
}
