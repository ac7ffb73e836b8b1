/** An error as a few lines that say what went wrong, why, and what to do. */
import { isSystemError, type SystemError, WarmsetError } from '../../errors.ts';
import { beside } from './pairs.ts';
import { accent, bad, bold, dim, plain, type Style } from './style.ts';
import { systemText } from './system-text.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

/** What only the caller of {@link renderError} knows. */
export interface ErrorReportOptions {
  /** What was being attempted, to follow `cannot`: `warm /models/llama`. */
  readonly action?: string;
}

interface Report {
  readonly what: string;
  readonly why?: string | undefined;
  readonly remedy?: string | undefined;
}

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'run as a user who may read it, or change its permissions',
  EIO: 'the device or the network behind it failed; the kernel log (dmesg) has the details',
  ELOOP: 'look for a symbolic link that leads back to itself',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENFILE: 'raise the limit of open files of the whole system (fs.file-max)',
  ENOENT: 'check the spelling, and that the volume is mounted',
  ENOMEM: 'free memory or raise the cgroup limit',
  ENOSPC: 'free space on the file system that is written to',
  EPERM: 'run as root or as the owner of the file',
  EROFS: 'name a place that can be written to',
  ESTALE: 'the network file system has replaced the file; resolve the targets again',
};

function describeSystem({ code, syscall, path, message }: SystemError): Report {
  const text = systemText(code);
  const subject = path === undefined ? syscall : `${syscall} ${printable(path)}`;
  return {
    what: text === undefined ? message : `cannot ${subject}: ${text} (${code})`,
    remedy: REMEDIES[code],
  };
}

function describeCause(cause: unknown): string | undefined {
  if (cause === undefined || cause === null) return undefined;
  return describe(cause).what;
}

function describeUnknown(error: unknown): Report {
  if (!(error instanceof Error)) return { what: `failed with ${String(error)}` };
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return {
    what: `unexpected ${error.name}: ${error.message}`,
    why: describeCause(error.cause) ?? frame?.trim(),
    remedy: 'this is a mistake in warmset: please report these lines and the command that led here',
  };
}

/** The message with its subject in it, whose line ends must not pass for the message's own. */
function nameSubject(message: string, subject: string | undefined): string {
  if (subject === undefined || subject === '') return message;
  const shown = printable(subject);
  return message.includes(subject) ? message.replaceAll(subject, () => shown) : `${shown}: ${message}`;
}

function describe(error: unknown): Report {
  if (WarmsetError.is(error)) {
    const { subject, remedy, cause } = error;
    return { what: nameSubject(error.message, subject), why: describeCause(cause), remedy };
  }
  return isSystemError(error) ? describeSystem(error) : describeUnknown(error);
}

/** The library writes remedies as sentences, this folder as clauses: on the screen they look alike. */
function asClause(text: string): string {
  const clause = /^[A-Z][a-z]+ /.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
  return /[.;] /.test(clause) ? clause : clause.replace(/\.$/, '');
}

/** A message may have lines of its own (every attempt to load the addon); anything else is escaped. */
function layOut(terminal: Terminal, key: string, keyStyle: Style, text: string, style: Style): string[] {
  return text.split('\n').flatMap((line, index) => {
    const label = index === 0 ? key : ' '.repeat(key.length);
    return beside(terminal, label, printable(line), { keyStyle, style });
  });
}

/**
 * Any error as lines for standard error:
 * ```
 * warmset: cannot open /models/x: no such file or directory (ENOENT)
 *     do: check the spelling, and that the volume is mounted
 * ```
 * One line says what failed; `why:` and `do:` follow where they are known.
 */
export function renderError(terminal: Terminal, error: unknown, options: ErrorReportOptions = {}): string[] {
  const report = describe(error);
  const { action } = options;
  const what = action === undefined ? report.what : printable(`cannot ${action}`);
  const reasons = action === undefined ? [report.why] : [report.what, report.why];
  return [
    ...layOut(terminal, 'warmset:', bad, what, bold),
    ...reasons.flatMap((why) => (why === undefined ? [] : layOut(terminal, '    why:', dim, why, plain))),
    ...(report.remedy === undefined
      ? []
      : layOut(terminal, '     do:', dim, asClause(report.remedy), accent)),
  ];
}
