import { DASHBOARDS } from '../dashboards.ts';
import { drawPicture } from './draw-picture.ts';
import type { Recording } from './recording.ts';

/** Name and text of each file of docs/dashboards. */
export function pictureFiles(
  recording: Recording,
): readonly { readonly file: string; readonly text: string }[] {
  return DASHBOARDS.map((dashboard) => ({
    file: `${dashboard.uid}.svg`,
    text: drawPicture(dashboard, recording),
  }));
}
