import { Html, html, NOTHING } from '../../html.ts';
import type { Health, KeeperView, Problem } from '../types.ts';
import { figures, stateWords } from './figures.ts';
import { guardSection } from './guard.ts';
import { setSection } from './sets.ts';
import { STYLE } from './style.ts';
import { clock } from './time.ts';

/**
 * The status page as one document: no script, nothing from elsewhere, readable without styles. Pure.
 *
 * @param refreshSeconds How often the browser was asked to load it again; `null` for never.
 */
export function renderPage(view: KeeperView, health: Health, refreshSeconds: number | null): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${health.ready ? '' : 'not ready: '}warmset</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<style>${new Html(STYLE)}</style>
</head>
<body>
<header><h1>warmset</h1> <span class="state">${stateWords(view.state, view.atMs)}</span></header>
<main>
${healthWords(health)}
${figures(view)}
${view.sweep?.held ? html`<section><h2>Held back</h2><p>${view.sweep.held.message}</p></section>` : NOTHING}
${(view.sweep?.sets ?? []).map(setSection)}
${guardSection(view.verdicts, view.atMs)}
${problems(view.problems)}
</main>
<footer>
<p>As of ${clock(view.atMs)} UTC. A column of a page map is a part of the file, as high as its share that is in memory.</p>
<p>${refreshLink(refreshSeconds)} · <a href="/status.json">status.json</a> · <a href="/metrics">metrics</a> · <a href="/readyz">readyz</a></p>
</footer>
</body>
</html>
`;
  return page.text;
}

function healthWords({ live, ready, reasons }: Health): Html {
  if (live && ready) return NOTHING;
  return html`<section role="status"><h2>${live ? 'Not ready' : 'Not working'}</h2>${reasons.map((reason) => html`<p>${reason}</p>`)}</section>`;
}

/** A link and not a script; standing still is the default, because a page that reloads under a reader is no help. */
function refreshLink(refreshSeconds: number | null): Html {
  return refreshSeconds === null
    ? html`<a href="/?refresh=10">Load again every 10 s</a>`
    : html`Loaded again every ${refreshSeconds} s; <a href="/">stop</a>`;
}

function problems(list: readonly Problem[]): Html {
  if (list.length === 0) return NOTHING;
  const rows = list.map(
    ({ atMs, what, failure }) =>
      html`<li><span>${clock(atMs)}</span> <b>${failure.code}</b> <span>${what}: ${failure.message}</span></li>
`,
  );
  return html`<section><h2>Problems</h2><ol class="spells">
${rows}</ol></section>
`;
}
