import { EXIT } from './exit-codes.ts';
import { pairs } from './render/pairs.ts';
import type { Terminal } from './render/terminal.ts';
import { wrap } from './render/width.ts';
import { runVerb } from './run-verb.ts';
import type { Session } from './session.ts';
import { findVerb, type VerbGroup } from './verbs.ts';

/** Finds the second word's verb and runs it; without one, says which there are. */
export async function runGroup(
  group: VerbGroup,
  words: readonly string[],
  session: Session,
  exit: (code: number) => void,
): Promise<void> {
  const [first, ...rest] = words;
  if (first === '--help' || first === '-h') {
    return session.out.writeLines(renderGroupHelp(session.terminal, group));
  }
  if (first === undefined) {
    exit(EXIT.usage);
    return session.err.writeLines(renderGroupHelp(session.errTerminal, group));
  }
  const verb = findVerb(first, group);
  return runVerb({ ...verb, name: `${group.name} ${verb.name}` }, rest, session, exit);
}

/** What `warmset GROUP --help` says. */
function renderGroupHelp({ columns, ...rest }: Terminal, { name, summary, verbs }: VerbGroup): string[] {
  // A pipe may be a pager: text that is meant to be read is broken for it too.
  const terminal = { ...rest, columns: columns ?? 80 };
  const width = Math.max(...verbs.map((verb) => verb.name.length));
  return [
    ...wrap(`Usage: warmset ${name} VERB [options] ...`, terminal.columns),
    '',
    ...wrap(summary, terminal.columns),
    '',
    'Verbs:',
    ...pairs(
      terminal,
      verbs.map((verb) => [`  ${verb.name}`, verb.summary] as const),
      width + 4,
    ),
    '',
    ...wrap(`warmset ${name} VERB --help shows a verb's options and an example.`, terminal.columns),
  ];
}
