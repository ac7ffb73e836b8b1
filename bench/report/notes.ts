import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What people write about a goal that is missed, by the goal's id: what limits it, and what was tried. */
export type Notes = Readonly<Record<string, string>>;

export async function readNotes(directory: string): Promise<Notes> {
  const names: readonly string[] = await readdir(directory).catch(() => []);
  const notes: Record<string, string> = {};
  for (const name of [...names].sort()) {
    if (!name.endsWith('.md')) continue;
    const text = (await readFile(join(directory, name), 'utf8')).trim();
    refuseFigures(name, text);
    notes[name.slice(0, -'.md'.length)] = text;
  }
  return notes;
}

/** Results come from result files: a figure that is typed in is true on one day only. Sizes in bytes may be named. */
function refuseFigures(name: string, text: string): void {
  const figure = /\d[\d.,]*\s*(?:[nmµ]?s\b|%|×|times\b|(?:[KMGT]i?B)\/s|seconds?\b)/.exec(text)?.[0];
  if (figure !== undefined) {
    throw new Error(`bench/notes/${name} contains the figure "${figure}"; notes have words only`);
  }
}
