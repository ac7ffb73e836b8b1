/**
 * The name that systemd insists on for a mount unit of this path, as `systemd-escape --path --suffix=mount` makes it:
 * slashes become hyphens, and every other byte but ASCII letters, digits, `:`, `_` and `.` an escape. Pure.
 *
 * @param path absolute and plain
 */
export function mountUnitName(path: string): string {
  const inner = path.replace(/^\/+|\/+$/g, '');
  if (inner === '') return '-.mount';
  const parts = inner.split('/').map((part, index) => escapePart(part, index === 0));
  return `${parts.join('-')}.mount`;
}

function escapePart(part: string, first: boolean): string {
  let text = '';
  for (const [index, byte] of Buffer.from(part).entries()) {
    const char = String.fromCharCode(byte);
    // A dot at the very beginning would make a hidden file.
    const kept = /[A-Za-z0-9:_.]/.test(char) && !(char === '.' && first && index === 0);
    text += kept ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
}
