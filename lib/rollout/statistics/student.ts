/** Student's t distribution. Pure. */

const STEPS = 400;

/** The density integrated from 0 to t = √freedom · tan(x), up to a factor: so substituted its end is finite, too. */
function area(x: number, freedom: number): number {
  const height = (at: number): number => Math.cos(at) ** (freedom - 1);
  const step = x / STEPS;
  let sum = height(0) + height(x);
  for (let index = 1; index < STEPS; index += 1) sum += (index % 2 === 1 ? 4 : 2) * height(index * step);
  return (sum * step) / 3;
}

/**
 * The `t` with the share `p` below it. By Simpson's rule and bisection: it is asked once a comparison and must not err.
 *
 * @param p more than 0 and less than 1
 * @param freedom degrees of freedom, a whole number from 1
 */
export function studentQuantile(p: number, freedom: number): number {
  if (!(p > 0 && p < 1) || !(freedom >= 1)) return Number.NaN;
  if (p < 0.5) return -studentQuantile(1 - p, freedom);
  const half = area(Math.PI / 2, freedom);
  let [low, high] = [0, Math.PI / 2];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return Math.sqrt(freedom) * Math.tan(middle);
    if (0.5 + area(middle, freedom) / (2 * half) < p) low = middle;
    else high = middle;
  }
}
