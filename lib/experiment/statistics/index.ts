export { type BootstrapOptions, bootstrapMedian, type Interval } from './bootstrap.ts';
export { cliffsDelta, hodgesLehmann, type Shift } from './effect.ts';
export { type MannWhitney, mannWhitney } from './mann-whitney.ts';
export { median, quantile, type Spread, spreadOf } from './order.ts';
