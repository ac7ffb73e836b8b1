import { type Html, html } from '../../html.ts';

const HEIGHT = 8;

/**
 * A file's parts from its beginning to its end, each a column as high as its share that is resident. The words beside
 * it say the same; browsers without pictures get a line of signs.
 */
export function pageMap(map: readonly number[]): Html {
  if (map.length === 0) {
    return html`<svg class="map" viewBox="0 0 64 8" preserveAspectRatio="none" aria-hidden="true"><rect class="unknown" width="64" height="8"/></svg>`;
  }
  return html`<svg class="map" viewBox="0 0 ${map.length} ${HEIGHT}" preserveAspectRatio="none" shape-rendering="crispEdges" aria-hidden="true"><rect class="track" width="${map.length}" height="${HEIGHT}"/><path class="warm" d="${columns(map)}"/></svg><span class="plain" aria-hidden="true">${signs(map)}</span>`;
}

/** One path for all columns; equal neighbours are one column, so that a file of one kind costs a few bytes. */
export function columns(map: readonly number[]): string {
  let path = '';
  for (let start = 0; start < map.length; ) {
    let end = start + 1;
    while (end < map.length && map[end] === map[start]) end += 1;
    const height = heightOf(map[start] ?? 0);
    if (height > 0) path += `M${start} ${HEIGHT}v-${height}h${end - start}v${height}z`;
    start = end;
  }
  return path;
}

/** Only all is full and only nothing is empty, as with percentages. */
function heightOf(share: number): number {
  if (!(share > 0)) return 0;
  if (share >= 1) return HEIGHT;
  return Math.min(Math.max(Math.round(share * HEIGHT * 10) / 10, 0.8), HEIGHT - 0.8);
}

/** `####--..`: all, part, nothing. At most 32 signs. */
export function signs(map: readonly number[]): string {
  const cells = Math.min(map.length, 32);
  let line = '';
  for (let cell = 0; cell < cells; cell += 1) {
    const part = map.slice(
      Math.floor((cell * map.length) / cells),
      Math.ceil(((cell + 1) * map.length) / cells),
    );
    line += part.every((share) => share >= 1) ? '#' : part.every((share) => !(share > 0)) ? '.' : '-';
  }
  return line;
}
