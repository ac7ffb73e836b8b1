/** Resident pages as maximal runs. */
export interface ResidentPages {
  /** Number of resident pages. */
  readonly resident: number;
  /** Pairs: first page (counted from the start of the file or mapping), number of pages. */
  readonly runs: Float64Array;
}

export function toResidentPages(runs: Float64Array): ResidentPages {
  let resident = 0;
  for (let index = 1; index < runs.length; index += 2) resident += runs[index] ?? 0;
  return { resident, runs };
}
