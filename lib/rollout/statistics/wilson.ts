/** Bounds for shares of counts. Pure. */

/**
 * Wilson's score bounds: they hold for few and for no events, too.
 *
 * @param z of the normal distribution, one-sided: 1.645 for 95 %
 * @see E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927)
 */
export function wilson(
  events: number,
  of: number,
  z: number,
): { readonly low: number; readonly high: number } {
  if (!(of > 0)) return { low: 0, high: 1 };
  const share = Math.min(1, events / of);
  const square = z * z;
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const reach = (z / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

/**
 * Bounds for the difference of two shares, each from its own counts (Newcombe's method 10).
 *
 * @see R. G. Newcombe, Interval estimation for the difference between independent proportions, Stat. Med. 17 (1998)
 */
export function shareDifference(
  first: { readonly events: number; readonly of: number },
  second: { readonly events: number; readonly of: number },
  z: number,
): { readonly estimate: number; readonly low: number; readonly high: number } {
  const [a, b] = [wilson(first.events, first.of, z), wilson(second.events, second.of, z)];
  const [p, q] = [first.events / first.of, second.events / second.of];
  return {
    estimate: p - q,
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
  };
}
