import type { Config, Problem } from '../../config/index.ts';
import { renderProblems } from './problems.ts';
import { bad, good } from './style.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

/** What `config check` says of a configuration that can't be used. */
export function renderBad(
  terminal: Terminal,
  file: string | undefined,
  text: string | null,
  problems: readonly Problem[],
): string[] {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [
    ...renderProblems(terminal, text, 'problem', problems),
    '',
    `${nameOf(file)}: ${bad(terminal, count)}`,
  ];
}

/** What it says of one that can. */
export function renderGood(
  terminal: Terminal,
  file: string | undefined,
  { enabled, sets }: Config,
): string[] {
  const count = sets.length === 1 ? '1 set' : `${sets.length} sets`;
  const off = enabled ? '' : ', switched off (enabled: false)';
  return [`${nameOf(file)}: ${good(terminal, 'good')}, ${count}${off}`];
}

function nameOf(file: string | undefined): string {
  return file === undefined ? 'the environment' : printable(file);
}
