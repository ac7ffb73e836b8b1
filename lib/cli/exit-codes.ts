/** What the exit status of every verb means. By signal it is 128 + its number. */
export const EXIT = {
  done: 0,
  /** Something wasn't done or couldn't be verified; the output says what. */
  notAllDone: 1,
  usage: 2,
  /** Stopped by the budget or the guard, or another keeper does the work of this node. */
  stopped: 3,
} as const;

/** The same in words, for `--help`. */
export const EXIT_MEANINGS: readonly (readonly [code: string, meaning: string])[] = [
  [String(EXIT.done), 'done'],
  [String(EXIT.notAllDone), 'not all done; the output says what and why'],
  [
    String(EXIT.usage),
    'usage: a word of the command line or of the configuration is wrong; nothing was done',
  ],
  [String(EXIT.stopped), 'stopped by the budget or the guard; keep: or another keeper has this node'],
  ['128+n', 'stopped by signal n; what was done until then is printed'],
];
