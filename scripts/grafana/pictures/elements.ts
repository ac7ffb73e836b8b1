import { INK } from '../../../bench/report/schemes.ts';

/** Where something lies in a picture, pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface TextStyle {
  readonly size?: number;
  readonly weight?: 400 | 600;
  readonly color?: string;
  readonly align?: 'left' | 'center' | 'right';
}

/** A line of text; `y` is its middle. */
export function textAt(
  x: number,
  y: number,
  text: string,
  { size = 12, weight = 400, color = INK, align = 'left' }: TextStyle = {},
): object {
  return {
    type: 'text',
    silent: true,
    z: 5,
    x,
    y,
    style: {
      text,
      fill: color,
      align,
      verticalAlign: 'middle',
      fontSize: size,
      fontWeight: weight,
      fontFamily: FONT,
    },
  };
}

export const FONT = 'system-ui, sans-serif';

export function rectangle(
  { x, y, w, h }: Box,
  style: { readonly fill: string; readonly stroke?: string },
  radius = 0,
): object {
  // Half a pixel further, an edge of one pixel is sharp.
  const half = style.stroke === undefined ? 0 : 0.5;
  return {
    type: 'rect',
    silent: true,
    // Below the charts.
    z: -1,
    shape: { x: x + half, y: y + half, width: w, height: h, r: radius },
    style: { ...style, lineWidth: style.stroke === undefined ? 0 : 1 },
  };
}
