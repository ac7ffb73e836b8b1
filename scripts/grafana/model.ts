/** What of Grafana's dashboard JSON is used here (schema 39, Grafana 10 and newer). */

export interface Query {
  readonly expr: string;
  /** Of the legend, with `{{label}}`. */
  readonly legend: string;
  /** A table wants one value now, not a series. */
  readonly instant?: boolean;
}

export type Unit = 'bytes' | 'Bps' | 'percentunit' | 's' | 'ms' | 'short' | 'dateTimeAsIso';

/** Colours from each of these values on. */
export interface Step {
  readonly value: number | null;
  readonly color: 'green' | 'yellow' | 'red' | 'blue';
}

export interface Panel {
  readonly kind: 'timeseries' | 'stat' | 'table';
  readonly title: string;
  /** What it means, and what its absence means. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Columns of 24. */
  readonly width: number;
  readonly steps?: readonly Step[];
  readonly min?: number;
  readonly max?: number;
  readonly stacked?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Of the file and of the URL. It stays the same, so that links do. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Whether one set can be chosen. */
  readonly bySet: boolean;
  /** Whether servers and keepers of a canary and of a control are chosen, instead of nodes. */
  readonly compared?: boolean;
  /** Name of its file, where that isn't its uid. */
  readonly file?: string;
  readonly rows: readonly Row[];
}
