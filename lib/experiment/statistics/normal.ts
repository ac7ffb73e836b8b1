/** The standard normal distribution. Pure. */

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

// Up to here the series needs few enough terms; beyond it the tail's continued fraction is exact and never cancels.
const SERIES_UP_TO = 3;
const FRACTION_TERMS = 120;

/** The share of the standard normal distribution below `z`; relative error below 1e-12 in both tails. */
export function normalBelow(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  return z > 0 ? 1 - upperTail(z) : upperTail(-z);
}

/** The share above `z`, for `z` from 0. */
function upperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / ROOT_TWO_PI;
  if (z < SERIES_UP_TO) {
    let term = z;
    let sum = z;
    for (let odd = 3; Math.abs(term) > 1e-17 * sum; odd += 2) {
      term *= (z * z) / odd;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  if (density === 0) return 0;
  let fraction = z;
  for (let term = FRACTION_TERMS; term > 0; term -= 1) fraction = z + term / fraction;
  return density / fraction;
}

/** The `z` with the share `p` below it: bisected, because it is asked once a comparison and must not err. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
  let [low, high] = [-40, 40];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (normalBelow(middle) < p) low = middle;
    else high = middle;
  }
}
