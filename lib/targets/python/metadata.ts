/** What an installed distribution says of itself. All pure. */

/** A distribution's name as all spellings of it become (PEP 503). */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The distribution of a `NAME-VERSION.dist-info` directory. */
export function distributionOf(directory: string): string | undefined {
  const name = /^(.+?)-[^-]*\.dist-info$/.exec(directory)?.[1];
  return name === undefined ? undefined : normalName(name);
}

/**
 * The distributions that a METADATA file requires. Those behind an `extra` are asked for by hand and left out; other
 * conditions (platform, Python) only tell what isn't installed, which nobody finds.
 */
export function requirements(metadata: string): readonly string[] {
  const names: string[] = [];
  for (const line of metadata.split('\n')) {
    // The description follows, and may say anything.
    if (line.trim() === '') break;
    const [, name, rest = ''] = /^Requires-Dist:\s*([A-Za-z0-9][\w.-]*)(.*)$/i.exec(line) ?? [];
    if (name !== undefined && !/;.*\bextra\s*==/.test(rest)) names.push(normalName(name));
  }
  return names;
}

/** What a RECORD file says stands directly in site-packages: packages, modules and libraries. */
export function topLevelNames(record: string): readonly string[] {
  const names = new Set<string>();
  for (const line of record.split('\n')) {
    const path = line.startsWith('"') ? line.slice(1) : line;
    const end = path.search(/[/,"]/);
    const first = end < 0 ? '' : path.slice(0, end);
    // `..` leads to scripts, `.` to nothing.
    if (first === '' || first.startsWith('.') || first.endsWith('.dist-info') || first === '__pycache__')
      continue;
    names.add(first);
  }
  return [...names];
}
