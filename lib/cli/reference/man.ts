import { EXIT_MEANINGS } from '../exit-codes.ts';
import type { VerbShape } from './describe.ts';
import type { Branch } from './tree.ts';

export interface ManPage {
  /** `warmset-status.1`. */
  readonly file: string;
  readonly text: string;
}

const OVERVIEW =
  'Keeps the files that a model server needs in memory: within a budget, without hurting anyone, and with proof.';

/** A page for each verb, and one that lists them: man(7), section 1. */
export function manPages(verbs: readonly VerbShape[], branches: readonly Branch[]): readonly ManPage[] {
  return [overview(verbs, branches), ...verbs.map(verbPage)];
}

function overview(verbs: readonly VerbShape[], branches: readonly Branch[]): ManPage {
  const lines = [
    title('WARMSET'),
    '.SH NAME',
    `warmset \\- ${toRoff('keeps files that a server needs in memory')}`,
    '.SH SYNOPSIS',
    '.B warmset\n.I VERB\n[options]\n.IR TARGET ...',
    '.SH DESCRIPTION',
    toRoff(OVERVIEW),
    '.SH VERBS',
    ...branches.flatMap(({ name, summary, below }) => {
      const pages = below.length === 0 ? [name] : below.map((verb) => `${name}-${verb.name}`);
      return [`.TP\n.B ${toRoff(name)}`, `${toRoff(sentence(summary))}`, seeAlso(pages)];
    }),
    ...exitStatus(),
    '.SH SEE ALSO',
    verbs.map(({ words }) => reference(words.join('-'))).join(',\n'),
  ];
  return { file: 'warmset.1', text: `${lines.join('\n')}\n` };
}

function verbPage({ words, summary, arguments: given, options, examples }: VerbShape): ManPage {
  const name = ['warmset', ...words].join('-');
  const synopsis = given.map(({ name: word, required, variadic }) => {
    const shown = `\\fI${toRoff(word.toUpperCase())}\\fR${variadic ? ' ...' : ''}`;
    return required ? shown : `[${shown}]`;
  });
  const lines = [
    title(name.toUpperCase()),
    '.SH NAME',
    `${toRoff(name)} \\- ${toRoff(summary)}`,
    '.SH SYNOPSIS',
    `.B ${toRoff(['warmset', ...words].join(' '))}`,
    ['[options]', ...synopsis].join(' '),
    '.SH DESCRIPTION',
    toRoff(sentence(summary)),
    ...(given.length === 0 ? [] : ['.SH ARGUMENTS']),
    ...given.flatMap(({ name: word, description }) => [
      `.TP\n.I ${toRoff(word.toUpperCase())}`,
      toRoff(sentence(description)),
    ]),
    '.SH OPTIONS',
    ...options.flatMap(({ flags, description }) => [
      `.TP\n.B ${toRoff(flags)}`,
      toRoff(sentence(description)),
    ]),
    ...exitStatus(),
    ...(examples.length === 0 ? [] : ['.SH EXAMPLES']),
    ...examples.map((line, at) => `${at === 0 ? '' : '.PP\n'}.nf\n$ ${toRoff(line)}\n.fi`),
    '.SH SEE ALSO',
    reference('warmset'),
  ];
  return { file: `${name}.1`, text: `${lines.join('\n')}\n` };
}

function exitStatus(): readonly string[] {
  return [
    '.SH EXIT STATUS',
    ...EXIT_MEANINGS.flatMap(([code, meaning]) => [`.TP\n.B ${toRoff(code)}`, toRoff(sentence(meaning))]),
  ];
}

// No date and no version: the same commands make the same page.
function title(name: string): string {
  return `.TH ${toRoff(name)} 1 "" "warmset" "User Commands"`;
}

function seeAlso(pages: readonly string[]): string {
  return `See\n${pages.map((page) => reference(`warmset-${page}`)).join(',\n')}.`.replace(/\n\.$/, '.');
}

function reference(name: string): string {
  return `.BR ${toRoff(name.startsWith('warmset') ? name : `warmset-${name}`)} (1)`;
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) || first === '' ? first : `${first}.`;
}

/** What roff would read as its own: backslashes, hyphens that are minus signs, a dot or quote that begins a line. */
function toRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}
