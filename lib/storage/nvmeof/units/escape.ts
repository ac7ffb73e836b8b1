/** systemd.unit(5), "String escaping for inclusion in unit names". Pure. */

/** As `systemd-escape TEXT`. */
export function escapeName(text: string): string {
  return escapeBytes(text, (byte, at) => byte === DOT && at === 0);
}

/** As `systemd-escape --path PATH`. */
export function escapePath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 ? '-' : escapeBytes(parts.join('/'), (byte, at) => byte === DOT && at === 0);
}

const DOT = 0x2e;
const SLASH = 0x2f;
const PLAIN = /[A-Za-z0-9:_.]/;

function escapeBytes(text: string, mustEscape: (byte: number, at: number) => boolean): string {
  return Array.from(Buffer.from(text), (byte, at) => {
    if (byte === SLASH) return '-';
    const char = String.fromCharCode(byte);
    if (PLAIN.test(char) && !mustEscape(byte, at)) return char;
    return `\\x${byte.toString(16).padStart(2, '0')}`;
  }).join('');
}

/** A value in a unit file: `%` begins a specifier there. */
export function unitValue(text: string): string {
  return text.replaceAll('%', '%%');
}

/** A word of a command line in a unit file, which systemd takes apart by rules of its own, not a shell's. */
export function unitWord(word: string): string {
  const value = unitValue(word).replaceAll('$', '$$$$');
  if (/^[\w@%+=:,./$-]+$/.test(value)) return value;
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A path in a directive that may take several, or a device's name. */
export function unitPath(path: string): string {
  return /[\s"'\\]/.test(path) ? unitWord(path).replaceAll('$$', '$') : unitValue(path);
}
