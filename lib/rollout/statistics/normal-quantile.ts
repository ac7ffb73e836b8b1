import { studentQuantile } from './student.ts';

// From here on Student's t is the normal distribution to three digits.
const MANY = 5000;

/** The `z` of the standard normal distribution with the share `p` below it, to three digits. */
export function normalQuantile(p: number): number {
  return studentQuantile(p, MANY);
}
