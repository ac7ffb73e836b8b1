/** What a `sh -c` string may be read with: its own environment and the words behind it. */
export interface ShellSetting {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `"$@"` stands for. */
  readonly positional: readonly string[];
}

/** One simple command of a shell string, and what joins it to the next. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly joinedBy: '&&' | ';' | '|' | null;
}

/** Longer ones are scripts, not commands. */
const MAX_LENGTH = 64 * 1024;

/** What a plain word can't hold: from here on a shell would have to be a shell. */
const TOO_CLEVER = /[`(){}*?[\]!]/;

const REDIRECTION = /^(?:\d*|&)(?:>>|>\||>|<)(?:&(\d+|-))?/;
const VARIABLE = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-([^${}`"'\\]*))?\})/;

/**
 * The simple commands of a shell string: quotes, backslashes, comments, redirections (dropped) and plain variables of
 * the given environment (`$A`, `${A}`, `${A:-word}`, `"$@"`). `null` for everything else that only a shell can know:
 * substitutions, patterns, conditions, background jobs. Pure, in linear time.
 */
export function parseShellCommands(text: string, setting: ShellSetting): readonly ShellCommand[] | null {
  if (text.length > MAX_LENGTH) return null;
  const reader = new WordReader(text, setting);
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let pending: ShellCommand['joinedBy'] = null;
  for (;;) {
    const token = reader.next();
    if (token === null) return null;
    if (token.kind === 'words') {
      words.push(...token.words);
      continue;
    }
    if (words.length > 0) commands.push({ words, joinedBy: token.kind === 'end' ? null : token.operator });
    else if (pending === '&&' || pending === '|') return null;
    else if (token.kind === 'join' && token.operator !== ';') return null;
    if (token.kind === 'end') return commands;
    pending = token.operator;
    words = [];
  }
}

type Token =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'join'; readonly operator: '&&' | ';' | '|' }
  | { readonly kind: 'end' };

class WordReader {
  readonly #text: string;
  readonly #setting: ShellSetting;
  #at = 0;

  constructor(text: string, setting: ShellSetting) {
    this.#text = text;
    this.#setting = setting;
  }

  next(): Token | null {
    this.#skip(/[ \t]|\\\n/y);
    if (this.#peek() === '#') this.#skip(/[^\n]/y);
    const char = this.#peek();
    if (char === '') return { kind: 'end' };
    if (char === '\n' || char === ';') {
      this.#at += 1;
      return this.#peek() === ';' ? null : { kind: 'join', operator: ';' };
    }
    if (char === '|') {
      this.#at += 1;
      if (this.#peek() === '|' || this.#peek() === '&') return null;
      return { kind: 'join', operator: '|' };
    }
    if (char === '&' && this.#text[this.#at + 1] === '&') {
      this.#at += 2;
      return { kind: 'join', operator: '&&' };
    }
    const redirection = REDIRECTION.exec(this.#text.slice(this.#at, this.#at + 16));
    if (redirection !== null) return this.#redirect(redirection);
    return char === '&' ? null : this.#words();
  }

  /** A redirection is no word of the command; its file is one word, which is dropped. */
  #redirect([written, descriptor]: RegExpExecArray): Token | null {
    if (this.#text.startsWith('<<', this.#at)) return null;
    this.#at += written.length;
    if (descriptor === undefined) {
      this.#skip(/[ \t]/y);
      if (this.#words() === null) return null;
    }
    return { kind: 'words', words: [] };
  }

  /** One word as written; more or none where an unquoted variable holds spaces or nothing. */
  #words(): Token | null {
    const words: string[] = [];
    let word: string | null = null;
    for (;;) {
      const char = this.#peek();
      if (char === '' || /[\s;|&<>]/.test(char)) break;
      if (char === "'") {
        const end = this.#text.indexOf("'", this.#at + 1);
        if (end < 0) return null;
        word = (word ?? '') + this.#text.slice(this.#at + 1, end);
        this.#at = end + 1;
      } else if (char === '"') {
        const quoted = this.#quoted();
        if (quoted === null) return null;
        if (quoted === 'positional') words.push(...this.#setting.positional);
        else word = (word ?? '') + quoted;
      } else if (char === '\\') {
        if (this.#at + 1 >= this.#text.length) return null;
        word = (word ?? '') + this.#text.charAt(this.#at + 1).replace('\n', '');
        this.#at += 2;
      } else if (char === '$') {
        if (this.#text.startsWith('$@', this.#at)) {
          this.#at += 2;
          words.push(...this.#setting.positional);
          continue;
        }
        const value = this.#variable();
        if (value === null || TOO_CLEVER.test(value)) return null;
        // Unquoted, a value falls apart at its spaces.
        const parts = value.split(/[ \t\n]+/);
        word = (word ?? '') + (parts[0] ?? '');
        for (const part of parts.slice(1)) {
          if (word !== '') words.push(word);
          word = part;
        }
        if (word === '') word = null;
      } else {
        if (TOO_CLEVER.test(char)) return null;
        word = (word ?? '') + char;
        this.#at += 1;
      }
    }
    if (word !== null) words.push(word);
    return { kind: 'words', words };
  }

  #quoted(): string | 'positional' | null {
    if (this.#text.startsWith('"$@"', this.#at)) {
      this.#at += 4;
      return 'positional';
    }
    let value = '';
    this.#at += 1;
    for (;;) {
      const char = this.#peek();
      if (char === '' || char === '`') return null;
      if (char === '"') {
        this.#at += 1;
        return value;
      }
      if (char === '$') {
        const expanded = this.#variable();
        if (expanded === null) return null;
        value += expanded;
      } else if (char === '\\' && /[$`"\\\n]/.test(this.#text.charAt(this.#at + 1))) {
        value += this.#text.charAt(this.#at + 1).replace('\n', '');
        this.#at += 2;
      } else {
        value += char;
        this.#at += 1;
      }
    }
  }

  #variable(): string | null {
    const match = VARIABLE.exec(this.#text.slice(this.#at, this.#at + 1024));
    if (match === null) return null;
    const [written, plain, braced = '', fallback = ''] = match;
    this.#at += written.length;
    const name = plain ?? braced;
    const value = Object.hasOwn(this.#setting.env, name) ? this.#setting.env[name] : undefined;
    if (value !== undefined && (value !== '' || !written.includes(':-'))) return value;
    return fallback;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #skip(pattern: RegExp): void {
    for (;;) {
      pattern.lastIndex = this.#at;
      const match = pattern.exec(this.#text);
      if (match === null || match[0] === '') return;
      this.#at = pattern.lastIndex;
    }
  }
}
