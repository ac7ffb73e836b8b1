/** Text → tree, or what is wrong with its form. */
import { Composer, type CST, type Document, Lexer, LineCounter, Parser, type YAMLError } from 'yaml';
import { findTooDeep, TOO_DEEP } from './nesting.ts';
import { MOST_PROBLEMS } from './problem.ts';
import { readTree, type Slip, type Tree } from './tree.ts';

/** Above this a file is refused unread: a thousand sets take a tenth of it. */
export const MOST_FILE_BYTES = 1024 * 1024;

/** 15,000 lines. Every part costs the parser some time and some memory, a hostile megabyte ten seconds of it. */
const MOST_PARTS = 100_000;

export interface Yaml extends Tree {
  /** From 1 both. */
  readonly positionOf: (offset: number) => { readonly line: number; readonly column: number };
  /** What the parser has doubts about. */
  readonly doubts: readonly Slip[];
}

/** Never throws: what can't be read has slips. Time and memory are bounded whatever the text. */
export function readYaml(text: string): Yaml {
  const lines = new LineCounter();
  // The lines of what isn't parsed any more must be known too.
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  const positionOf: Yaml['positionOf'] = (offset) => {
    const { line, col } = lines.linePos(Math.min(Math.max(0, offset), text.length));
    return { line, column: col };
  };
  const outcome = compose(text);
  if (!Array.isArray(outcome)) return { ...NOTHING, slips: [outcome], doubts: [], positionOf };
  const [document, second] = outcome;
  const slips = [
    ...toSlips(document?.errors ?? []),
    ...(second
      ? [slipAt(second.range[0], 'a second document begins here', 'keep one document in the file')]
      : []),
  ];
  if (document === undefined || slips.length > 0) return { ...NOTHING, slips, doubts: [], positionOf };
  return { ...readTree(document.contents), doubts: toSlips(document.warnings.filter(isNews)), positionOf };
}

const NOTHING: Tree = { value: undefined, places: new Map(), slips: [] };

function compose(text: string): Document.Parsed[] | Slip {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let parts = 0;
  let at = 0;
  for (const lexeme of new Lexer().lex(text)) {
    parts += 1;
    if (parts > MOST_PARTS) return slipAt(at, 'the file is too long or too intricate to be a configuration');
    for (const token of parser.next(lexeme)) tokens.push(token);
    at += lexeme.length;
  }
  for (const token of parser.end()) tokens.push(token);
  const deep = findTooDeep(tokens);
  if (deep !== undefined) return slipAt(deep, TOO_DEEP);
  const composer = new Composer({
    schema: 'core',
    version: '1.2',
    merge: false,
    // Every key is compared with every other there; the tree's reader does it by a set.
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return [...composer.compose(tokens, true, text.length)];
}

function toSlips(errors: readonly YAMLError[]): Slip[] {
  return errors.slice(0, MOST_PROBLEMS).map(({ message, pos }) => {
    const [first = 'the file is not YAML'] = message.split('\n');
    return slipAt(pos[0], first);
  });
}

/** A tag that is unknown is refused where its value is read. */
function isNews({ code }: YAMLError): boolean {
  return code !== 'TAG_RESOLVE_FAILED';
}

function slipAt(at: number, message: string, remedy: string | null = null): Slip {
  return { at, path: [], message, remedy };
}
