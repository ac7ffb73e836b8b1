import { type Html, html } from '../../html.ts';
import { formatDuration } from '../../units.ts';

/** A clock time in UTC, with the whole of it for machines. `unknown` where it is no time. */
export function clock(ms: number): Html {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return html`unknown`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${iso.slice(11, 19)}</time>`;
}

/** `3 min 20 s ago`; a time to come, by a clock that was set back, is `just now`. */
export function ago(ms: number, nowMs: number): string {
  return nowMs - ms < 1000 ? 'just now' : `${formatDuration(Math.floor((nowMs - ms) / 1000) * 1000)} ago`;
}
