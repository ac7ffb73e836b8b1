import { spawn } from 'node:child_process';
import { WarmsetError } from '../errors.ts';
import type { WarmSet } from '../targets/index.ts';

export interface CommandOptions {
  readonly set: WarmSet;
  readonly signal: AbortSignal;
}

// The kernel takes no single argument or variable of 128 KiB or more (MAX_ARG_STRLEN).
const MOST_TEXT = 120 * 1024;
const KEPT_COMPLAINT = 2000;
const KILL_AFTER_MS = 5000;

/** A word that the shell takes as it is. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The command with its `{}` replaced by the files, and the variable that has them, one a line.
 *
 * @throws WarmsetError `WARMSET_EXPERIMENT` where they are too many for a command line, or have names that aren't text
 */
export function prepareCommand(
  command: string,
  set: WarmSet,
): { readonly text: string; readonly targets: string } {
  const targets = set.files.map(({ path }) => path).join('\n');
  const text = command.replaceAll('{}', () => set.files.map(({ path }) => shellQuote(path)).join(' '));
  const named = text !== command || command.includes('WARMSET_TARGETS');
  if (named && set.files.some(({ rawPath }) => rawPath !== undefined)) {
    throw unusable(command, "a file's name isn't UTF-8 and can't be written into a command");
  }
  if (text.length > MOST_TEXT || (named && targets.length > MOST_TEXT)) {
    throw unusable(command, `${set.files.length} files are too many for a command line`);
  }
  return { text, targets: targets.length > MOST_TEXT ? '' : targets };
}

function unusable(command: string, why: string): WarmsetError {
  return new WarmsetError('WARMSET_EXPERIMENT', `this command can't be run: ${why}`, {
    subject: command,
    remedy: 'name the files in the command itself, such as by their directory',
  });
}

/**
 * Runs a shell command to its end, with its output thrown away.
 *
 * @throws WarmsetError `WARMSET_EXPERIMENT` where it ends otherwise than with 0, with the end of what it complained
 */
export async function runCommand(command: string, { set, signal }: CommandOptions): Promise<void> {
  signal.throwIfAborted();
  const { text, targets } = prepareCommand(command, set);
  // A group of its own: what it started is ended with it.
  const child = spawn('/bin/sh', ['-c', text], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, WARMSET_TARGETS: targets },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    complaint = (complaint + more).slice(-KEPT_COMPLAINT);
  });
  const end = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended already.
    }
  };
  let killing: NodeJS.Timeout | undefined;
  const stop = (): void => {
    end('SIGTERM');
    killing = setTimeout(end, KILL_AFTER_MS, 'SIGKILL');
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const status = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
      child.once('error', reject);
      // Not `close`: something left in the background may hold standard error for ever.
      child.once('exit', (code, name) => resolve(code ?? name));
    });
    signal.throwIfAborted();
    if (status !== 0) throw failure(command, status, complaint.trim());
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(killing);
    child.stderr.destroy();
  }
}

function failure(command: string, status: number | NodeJS.Signals | null, complaint: string): WarmsetError {
  const said = complaint === '' ? '' : `: ${complaint.split('\n').at(-1)}`;
  return new WarmsetError('WARMSET_EXPERIMENT', `the command ended with ${status}${said}`, {
    subject: command,
    remedy: 'try it by itself in a shell first',
  });
}
