/** Markup that is safe to send. Only {@link html} makes it, out of literals, escaped values and other markup. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Value = string | number | Html | readonly Html[];

/** Markup with values in it. Strings are escaped, for text and for attributes in double quotes alike. */
export function html(literals: TemplateStringsArray, ...values: readonly Value[]): Html {
  let text = literals[0] ?? '';
  for (const [index, value] of values.entries()) text += show(value) + (literals[index + 1] ?? '');
  return new Html(text);
}

export const NOTHING: Html = new Html('');

function show(value: Value): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escapeText(value);
  return value.map(({ text }) => text).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text that means itself in HTML. What can't be seen, or turns the text after it round (a file name may hold anything
 * but a slash and a zero byte), is shown by its number.
 */
export function escapeText(text: string): string {
  return text
    .replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (sign) => {
      const code = (sign.codePointAt(0) ?? 0).toString(16);
      return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
    });
}
