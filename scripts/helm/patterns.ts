/** What texts of each kind may look like, for a schema that can't call the library's readers. */
import type { Kind } from '../../lib/config/values.ts';

// Written without flags and look-arounds: Helm reads them with Go's regexp.
const NUMBER = '(\\d+(\\.\\d*)?|\\.\\d+)';
const ANY_CASE = (letters: string) =>
  [...letters].map((letter) => `[${letter}${letter.toUpperCase()}]`).join('');
const SIZE_UNIT = '([kKmMgGtTpP]([iI][bB]?|[bB])?|[bB])?';
const DURATION_UNIT = `(${['us', 'ms', 'sec', 's', 'min', 'm', 'h', 'd'].map(ANY_CASE).join('|')}|[µμΜ][sS])`;

/** Of a Kubernetes quantity of bytes. */
export const QUANTITY = `^${NUMBER}([kMGTPE]|[KMGTPE]i|[eE]\\d{1,2}|m)?$`;

const SIZE = `^\\s*${NUMBER}\\s*${SIZE_UNIT}\\s*$`;
const DURATION = `^\\s*(${NUMBER}|(${NUMBER}\\s*${DURATION_UNIT}\\s*)+)\\s*$`;

/** By the kind of a configuration's value. What a pattern lets through the keeper's own reader still judges. */
export const PATTERNS: Partial<Readonly<Record<Kind, string>>> = {
  size: SIZE,
  rate: `^\\s*${NUMBER}\\s*${SIZE_UNIT}(\\s*/\\s*[sS]([eE][cC])?)?\\s*$`,
  duration: DURATION,
  seconds: DURATION,
  milliseconds: DURATION,
  share: `^\\s*${NUMBER}(e-?\\d+)?\\s*%?\\s*$`,
};
