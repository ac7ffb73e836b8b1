/** The two halves of a `dev_t`. */
export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

/**
 * Splits the `dev` or `rdev` of a stat result as glibc's major() and minor() do (makedev(3)). Take it from a
 * `bigint` stat: a plain number is exact only up to 2^53.
 */
export function splitDevice(dev: bigint | number): DeviceNumber {
  const value = BigInt(dev);
  return {
    major: Number(((value >> 8n) & 0xfffn) | ((value >> 32n) & 0xfffff000n)),
    minor: Number((value & 0xffn) | ((value >> 12n) & 0xffffff00n)),
  };
}
