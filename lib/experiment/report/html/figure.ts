import { type Html, html } from '../../../html.ts';

export interface Drawing {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, for those who don't see it. */
  readonly description: string;
  /** Pixels. */
  readonly height: number;
  readonly marks: readonly Html[];
}

/** A chart as wide as its place and as high as it says. */
export function drawing({ id, title, description, height, marks }: Drawing): Html {
  return html`<svg class="chart" role="img" aria-labelledby="${id}-t ${id}-d" width="100%" height="${height}"><title id="${id}-t">${title}</title><desc id="${id}-d">${description}</desc>${marks}</svg>`;
}

/** The class that colours a condition. Those of the user's own share one. */
export function colourOf(condition: string): string {
  return ['cold', 'prewarm', 'warm', 'run'].includes(condition) ? condition : 'other';
}
