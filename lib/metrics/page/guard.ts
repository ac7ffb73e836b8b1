import { type Html, html, NOTHING } from '../../html.ts';
import { formatDuration, formatRate } from '../../units.ts';
import type { VerdictSpell } from '../types.ts';
import { ago, clock } from './time.ts';

/** Spells in the list; the strip shows all that are kept. */
const LISTED = 8;

// Heights as well as colours: the more the guard holds back, the higher.
const HEIGHTS: Readonly<Record<VerdictSpell['action'], number>> = { go: 2, slow: 4, pause: 6, stop: 8 };

export function guardSection(spells: readonly VerdictSpell[], nowMs: number): Html {
  if (spells.length === 0) {
    return html`<section><h2>Guard</h2><p class="dim">No verdict yet: nothing was read.</p></section>`;
  }
  const first = spells[0]?.sinceMs ?? nowMs;
  const listed = spells.map((spell, index) =>
    row(spell, (spells[index + 1]?.sinceMs ?? nowMs) - spell.sinceMs),
  );
  return html`<section>
<div class="title"><h2>Guard</h2><span class="dim">since ${clock(first)} UTC, ${ago(first, nowMs)}</span></div>
${strip(spells, first, nowMs)}
<ol class="spells">
${listed.toReversed().slice(0, LISTED)}</ol>
</section>
`;
}

function row(spell: VerdictSpell, lengthMs: number): Html {
  const rate = spell.bytesPerSecond === null ? NOTHING : html` at ${formatRate(spell.bytesPerSecond)}`;
  const why = spell.code === null ? NOTHING : html`: ${spell.code}, ${spell.message ?? ''}`;
  const length = formatDuration(Math.max(Math.floor(lengthMs / 1000) * 1000, 0));
  return html`<li><span>${clock(spell.sinceMs)}</span> <b class="${spell.action}">${spell.action}</b> <span>for ${length}${rate}${why}</span></li>
`;
}

function strip(spells: readonly VerdictSpell[], first: number, nowMs: number): Html {
  const whole = Math.max(nowMs - first, 1);
  const at = (ms: number): number =>
    Math.round((Math.min(Math.max(ms - first, 0), whole) / whole) * 10_000) / 10;
  const bars = spells.map(({ sinceMs, action }, index) => {
    const from = at(sinceMs);
    const height = HEIGHTS[action];
    // A pause of a second in a week still has to be seen.
    const width = Math.max(at(spells[index + 1]?.sinceMs ?? nowMs) - from, 2).toFixed(1);
    return html`<rect class="${action}" x="${from}" y="${8 - height}" width="${width}" height="${height}"/>`;
  });
  return html`<svg class="history" viewBox="0 0 1000 8" preserveAspectRatio="none" role="img" aria-label="The guard's verdicts over time, the higher the more it holds back; the latest are in the list that follows"><rect class="track" width="1000" height="8"/>${bars}</svg>`;
}
