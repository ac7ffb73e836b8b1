/** What a stream's reader can see: everything that rendering may depend on, as plain data. */
export interface Terminal {
  /** Whether a line can be redrawn. A dumb terminal (`TERM=dumb`) can't, and is treated as a pipe. */
  readonly isTTY: boolean;
  /** Columns to fit into, or `null` where nothing may be cut off: a pipe or a file. */
  readonly columns: number | null;
  /** Whether styles may be used; decided here alone, not by the stream that is written to. */
  readonly colour: boolean;
  /** Whether box, block and ellipsis characters may be used; file names are printed as they are either way. */
  readonly unicode: boolean;
}

/** The part of a tty stream that {@link describeTerminal} reads. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** The environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A reader that takes plain text of any width: a file, a pipe, a test. */
export const PLAIN: Terminal = { isTTY: false, columns: null, colour: false, unicode: false };

// Some terminals (serial lines, freshly made ptys) report no size at all.
const FALLBACK_COLUMNS = 80;

function wantsColour(isTTY: boolean, env: Environment): boolean {
  const forced = env.FORCE_COLOR;
  // The same precedence as Node's own streams: FORCE_COLOR is the more specific wish of the two.
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isTTY;
}

function hasUtf8Locale(env: Environment): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /utf-?8/i.test(locale);
}

/** Decides once, from a stream and the environment, what may be written to it. */
export function describeTerminal(stream: TerminalStream, env: Environment): Terminal {
  const isTTY = stream.isTTY === true && env.TERM !== 'dumb';
  return {
    isTTY,
    columns: isTTY ? stream.columns || FALLBACK_COLUMNS : null,
    colour: wantsColour(isTTY, env),
    unicode: isTTY && hasUtf8Locale(env),
  };
}
