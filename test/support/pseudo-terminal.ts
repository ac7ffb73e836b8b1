import { spawnSync } from 'node:child_process';
import { capability } from './capabilities.ts';
import { BARE_ENVIRONMENT, cliProgram } from './cli.ts';
import { mustRun } from './run.ts';

export const pseudoTerminal = capability('script (util-linux)', () => {
  const { status, stderr, error } = spawnSync('script', ['-qec', 'stty cols 80', '/dev/null'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return status === 0 ? undefined : (error?.message ?? stderr);
});

export interface TerminalOptions {
  readonly columns: number;
  /** @default 'C.UTF-8' */
  readonly locale?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The directory that relative targets start from. */
  readonly cwd?: string;
}

export interface TerminalResult {
  readonly code: number;
  /** All that the terminal was sent, stdout and stderr together. */
  readonly screen: string;
}

// util-linux's script passes no window size on that it doesn't have itself: stty sets it from inside.
const SCRIPT = 'stty cols "$COLS" rows 50 -onlcr; "$@"; printf "\\n@exit %d\\n" $?';

/** Runs the program in a pseudo-terminal of its own. */
export async function inTerminal(
  args: readonly string[],
  { columns, locale = 'C.UTF-8', env = {}, cwd }: TerminalOptions,
): Promise<TerminalResult> {
  const words = [process.execPath, await cliProgram(), ...args].map(quote).join(' ');
  const command = `bash -c ${quote(SCRIPT)} bash ${words}`;
  const screen = await mustRun('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { ...BARE_ENVIRONMENT, TERM: 'xterm-256color', LC_ALL: locale, COLS: String(columns), ...env },
    timeoutMs: 25_000,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const end = /\r?\n@exit (\d+)\r?\n$/.exec(screen);
  if (end === null) throw new Error(`the terminal ended early:\n${screen}`);
  return { code: Number(end[1]), screen: screen.slice(0, end.index) };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The lines that a reader would have seen last: what was erased by a later redraw is left out. */
export function finalLines(screen: string): string[] {
  return screen.split('\n').map((line) =>
    line
      .slice(line.lastIndexOf('\x1b[2K') + 1)
      .replace(/^\[2K/, '')
      .replace(/\r$/, ''),
  );
}
