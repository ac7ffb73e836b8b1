/** A tree with lines between its branches. */
import { dim } from './style.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './width.ts';

export interface Branch {
  /** Ready to print: made printable and styled by whoever made it. */
  readonly label: string;
  /** Below the label, broken to fit; plain text. */
  readonly details: readonly string[];
  readonly children: readonly Branch[];
}

// Text narrower than this can't be read: deep branches rather go past the edge.
const LEAST_ROOM = 24;

/** Box-drawing characters only where the terminal has them. */
export function renderTree(terminal: Terminal, root: Branch): string[] {
  return renderBranch(terminal, root, '', '');
}

function renderBranch(terminal: Terminal, branch: Branch, first: string, rest: string): string[] {
  const { unicode, columns } = terminal;
  const [tee, corner, bar] = unicode ? ['├─ ', '└─ ', '│  '] : ['|- ', '`- ', '|  '];
  const under = rest + (branch.children.length > 0 ? bar : '   ');
  const room = columns === null ? null : Math.max(LEAST_ROOM, columns - under.length);
  const details = branch.details.flatMap((detail) => wrap(detail, room));
  return [
    dim(terminal, first) + branch.label,
    ...details.map((line) => (dim(terminal, under) + dim(terminal, line)).trimEnd()),
    ...branch.children.flatMap((child, at) => {
      const last = at === branch.children.length - 1;
      return renderBranch(terminal, child, rest + (last ? corner : tee), rest + (last ? '   ' : bar));
    }),
  ];
}
