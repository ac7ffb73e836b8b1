/** What the exit status of every verb means. By signal it is 128 + its number. */
export const EXIT = {
  done: 0,
  /** Something wasn't done or couldn't be verified; the output says what. */
  notAllDone: 1,
  usage: 2,
  /** Stopped by the budget (or, later in a fill, by the guard). */
  stopped: 3,
} as const;
