/** What a change of the system will do or has done, for people. */
import {
  type ChangePlan,
  type ChangeRecord,
  type Check,
  kindOf,
  type StepKinds,
} from '../../change/index.ts';
import { beside } from './pairs.ts';
import { bad, bold, dim, good, plain, type Style, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { pad, printable } from './width.ts';

const VERDICT_STYLES: Readonly<Record<Check['verdict'], Style>> = { ok: good, warn, refuse: bad };
const STATE_STYLES: Readonly<Record<ChangeRecord['state'], Style>> = {
  applying: warn,
  applied: good,
  removing: warn,
  removed: dim,
};

/** The checks, then the steps with their numbers, each with the command that an operator would type. */
export function renderChangePlan(
  terminal: Terminal,
  { kind, subject, checks, steps }: ChangePlan,
  kinds: StepKinds,
): string[] {
  const refused = checks.some(({ verdict }) => verdict === 'refuse');
  return [
    bold(terminal, printable(`${kind} of ${subject}`)),
    '',
    ...renderChecks(terminal, checks),
    '',
    ...steps.flatMap((step, index) => {
      const shown = kindOf(step, kinds);
      return renderStep(terminal, `${index + 1}.`, steps.length, shown.describe(step), shown.command(step));
    }),
    ...(steps.length === 0 ? ['nothing to do'] : []),
    ...(refused ? ['', bad(terminal, 'refused: nothing of this would be done')] : []),
  ];
}

/** What was looked at, one line each; what to do about it below. */
export function renderChecks(terminal: Terminal, checks: readonly Check[]): string[] {
  return checks.flatMap(({ verdict, code, message, remedy }) => [
    ...beside(terminal, pad(verdict, 6), printable(`${code}: ${message}`), {
      keyStyle: VERDICT_STYLES[verdict],
    }),
    ...(remedy === undefined || verdict === 'ok'
      ? []
      : beside(terminal, pad('', 6), printable(`do: ${remedy}`), { style: dim })),
  ]);
}

/** A change in its journal: one line of its state, and which steps of it are in effect. */
export function renderChangeRecord(terminal: Terminal, record: ChangeRecord, kinds: StepKinds): string[] {
  const { id, kind, subject, state, beganAtMs, failure, steps, begun } = record;
  const since = new Date(beganAtMs).toISOString().slice(0, 19).replace('T', ' ');
  return [
    `${bold(terminal, printable(`${kind} of ${subject}`))} ${STATE_STYLES[state](terminal, state)}`,
    ...beside(terminal, pad('', 3), printable(`${id}, begun ${since} UTC`), { style: dim }),
    ...(failure === null
      ? []
      : beside(terminal, pad('', 3), printable(`failed: ${failure}`), { style: bad })),
    ...steps.flatMap((step, index) =>
      renderStep(
        terminal,
        begun.includes(index) ? `${index + 1}.` : '-',
        steps.length,
        kindOf(step, kinds).describe(step),
        null,
      ),
    ),
  ];
}

function renderStep(
  terminal: Terminal,
  number: string,
  steps: number,
  description: string,
  command: readonly string[] | null,
): string[] {
  const width = String(steps).length + 3;
  return [
    ...beside(terminal, pad(number, width, 'right'), printable(description), { style: plain }),
    ...(command === null
      ? []
      : beside(terminal, ' '.repeat(width), printable(`$ ${command.map(quoted).join(' ')}`), { style: dim })),
  ];
}

/** A word as a POSIX shell would read it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
