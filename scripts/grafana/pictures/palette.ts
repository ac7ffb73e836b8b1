import { INK, OURS } from '../../../bench/report/schemes.ts';
import type { Step } from '../model.ts';

/** A panel's own ground, and its edge. */
export const SURFACE = '#ffffff';
export const EDGE = '#d5dae1';

/** One after the other for the series of a chart; they repeat after the last. */
export const SERIES = [
  OURS,
  '#c4580c',
  '#1a7f4b',
  '#8a4fd3',
  '#c2255c',
  '#0b7285',
  '#8f6b00',
  '#5f6b7a',
  '#4b5fd6',
  '#a3431f',
] as const;

export const STEPS: Readonly<Record<Step['color'], string>> = {
  green: '#1a7f37',
  yellow: '#9a6700',
  red: '#cf222e',
  blue: OURS,
};

/** What these become on a dark page. */
export const DARK: Readonly<Record<string, string>> = {
  [SURFACE]: '#161b22',
  [EDGE]: '#30363d',
  '#c4580c': '#f4914d',
  '#1a7f4b': '#45c487',
  '#8a4fd3': '#b794f6',
  '#c2255c': '#f7779f',
  '#0b7285': '#3fc1d6',
  '#8f6b00': '#dcb53a',
  '#5f6b7a': '#a3afbd',
  '#4b5fd6': '#93a4ff',
  '#a3431f': '#e0835f',
  [STEPS.green]: '#3fb950',
  [STEPS.yellow]: '#d29922',
  [STEPS.red]: '#ff7b72',
};

export const seriesColor = (index: number): string => SERIES[index % SERIES.length] ?? INK;
