/** What a share of the budget depends on. Bytes. */
export interface AllotInput {
  readonly quotaBytes: number | null;
  /** What is resident, or may be where nobody knows. */
  readonly residentBytes: number;
  readonly missingBytes: number;
}

/** What one set may have. Bytes. */
export interface Allotment {
  /** What may be resident of it. */
  readonly allowedBytes: number;
  /** Of what it misses, how much may be read now: less urgent sets may hold more than they are allowed. */
  readonly readBytes: number;
  /** Resident beyond what it is allowed. */
  readonly surplusBytes: number;
}

/** Most urgent first; equal ones in the order in which they were given. Pure. */
export function orderSets<T extends { readonly priority: number }>(sets: readonly T[]): readonly T[] {
  return sets.toSorted((a, b) => b.priority - a.priority);
}

/**
 * Divides a budget among sets, most urgent first: each is given what it wants up to its quota, as long as there is some
 * left. What is allowed never exceeds the budget, and what is read never takes what is resident beyond it. Pure.
 */
export function allot(sets: readonly AllotInput[], budgetBytes: number): readonly Allotment[] {
  let left = budgetBytes;
  const allowed = sets.map(({ quotaBytes, residentBytes, missingBytes }) => {
    const wanted = Math.min(residentBytes + missingBytes, quotaBytes ?? Number.POSITIVE_INFINITY);
    const given = Math.min(wanted, left);
    left -= given;
    return given;
  });
  // Of what is there already nothing goes away by itself.
  let room = Math.max(0, budgetBytes - sets.reduce((sum, { residentBytes }) => sum + residentBytes, 0));
  return sets.map(({ residentBytes, missingBytes }, index) => {
    const allowedBytes = allowed[index] ?? 0;
    const readBytes = Math.min(room, missingBytes, Math.max(0, allowedBytes - residentBytes));
    room -= readBytes;
    return { allowedBytes, readBytes, surplusBytes: Math.max(0, residentBytes - allowedBytes) };
  });
}

/**
 * How much of what is resident beyond what is allowed has to go so that every set can get what it is allowed: nothing
 * while all of them can as it is. Pure.
 */
export function claimedSurplus(
  sets: readonly AllotInput[],
  allotments: readonly Allotment[],
  budgetBytes: number,
): number {
  let wanted = 0;
  let readable = 0;
  let resident = 0;
  for (const [index, { allowedBytes, readBytes }] of allotments.entries()) {
    const { residentBytes = 0, missingBytes = 0 } = sets[index] ?? {};
    wanted += Math.min(missingBytes, Math.max(0, allowedBytes - residentBytes));
    readable += readBytes;
    resident += residentBytes;
  }
  return wanted > readable ? Math.max(0, resident + wanted - budgetBytes) : 0;
}
