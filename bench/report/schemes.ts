/** Colours that are readable on a light and on a dark page. The light ones are drawn, and replaced by a style. */
export const PAPER = '#fdfdfe';
export const INK = '#1f2329';
export const QUIET = '#59636f';
export const OURS = '#0a69d9';
export const OTHERS = '#8c96a1';

const DARK: Readonly<Record<string, string>> = {
  [PAPER]: '#0d1117',
  [INK]: '#e6edf3',
  [QUIET]: '#9aa4b0',
  [OURS]: '#4d9bff',
  [OTHERS]: '#6b7683',
};

/**
 * An image has no say in its page's colours: it brings its own background and follows the reader's preference.
 *
 * @param more dark colours by the light ones that a drawing has besides those of here
 */
export function withSchemes(svg: string, title: string, more: Readonly<Record<string, string>> = {}): string {
  const rules = Object.entries({ ...DARK, ...more }).flatMap(([light, dark]) => [
    `[fill="${light}"]{fill:${dark}}`,
    `[stroke="${light}"]{stroke:${dark}}`,
  ]);
  const style = `<style>@media (prefers-color-scheme:dark){${rules.join('')}}</style>`;
  // Its own styles are for pointers, which an image doesn't see; they and the names of clips are numbered through the
  // life of the process, and which chart was drawn first must not show.
  const still = svg
    .replaceAll(/<style\b[^>]*>\s*<!\[CDATA\[.*?\]\]>\s*<\/style>\n?/gs, '')
    .replaceAll(/ (?:class="zr\d+-cls-\d+"|ecmeta_\w+="[^"]*")/g, '')
    .replaceAll(/\bzr\d+-/g, 'zr-');
  const named = `<title>${escapeText(title)}</title>`;
  return `${still.replace(/<svg\b[^>]*>/, (root) => `${root}${named}${style}`)}\n`;
}

const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
