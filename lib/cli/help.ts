import { EXIT_MEANINGS } from './exit-codes.ts';
import { pairs } from './render/pairs.ts';
import type { Terminal } from './render/terminal.ts';
import { wrap } from './render/width.ts';
import { VERBS } from './verbs.ts';

/** What `warmset --help` says. */
export function renderHelp({ columns, ...rest }: Terminal): string[] {
  // A pipe may be a pager: text that is meant to be read is broken for it too.
  const terminal = { ...rest, columns: columns ?? 80 };
  const verbs = VERBS.map(({ name, summary }) => [`  ${name}`, summary] as const);
  const codes = EXIT_MEANINGS.map(([code, meaning]) => [`  ${code}`, meaning] as const);
  return [
    'Usage: warmset VERB [options] TARGET...',
    '',
    ...wrap(
      'Keeps the files that a model server needs in memory: within a budget, without hurting anyone, and with proof.',
      terminal.columns,
    ),
    '',
    'Verbs:',
    ...pairs(terminal, verbs, Math.max(...VERBS.map(({ name }) => name.length)) + 4),
    '',
    ...wrap(
      'A target is a file, a directory or a glob; hf:ORG/NAME, ollama:NAME, llama:ORG/REPO, compile-caches or python:VENV; - reads a list of names from standard input.',
      terminal.columns,
    ),
    '',
    'Options:',
    ...pairs(
      terminal,
      [
        ['  -h, --help', 'this text; behind a verb its options and an example'],
        ['  -V, --version', 'the version; with --json also those of Node and the kernel'],
      ],
      17,
    ),
    '',
    'Exit codes:',
    ...pairs(terminal, codes, 12),
    '',
    'Example:',
    '  $ warmset status /models/llama',
  ];
}
