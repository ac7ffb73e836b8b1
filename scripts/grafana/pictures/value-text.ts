import { formatBytes, formatDuration, formatRate, formatShare } from '../../../lib/units.ts';
import type { Step, Unit } from '../model.ts';

/** A single value as a person reads it. */
export function valueText(unit: Unit, value: number): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'Bps':
      return formatRate(value);
    case 'percentunit':
      return formatShare(value);
    case 's':
      return formatDuration(value * 1e3);
    case 'ms':
      return formatDuration(value);
    case 'dateTimeAsIso':
      return new Date(value).toISOString();
    case 'short':
      return String(Number(value.toPrecision(4)));
  }
}

/** The colour from the last step that the value has reached; `null` where a panel has no steps. */
export function stepColor(steps: readonly Step[] | undefined, value: number): Step['color'] | null {
  return steps?.findLast((step) => step.value === null || value >= step.value)?.color ?? null;
}
