/** Values of a label up to a number of them: whatever comes after becomes `other`, so that series stay bounded. */
export class BoundedLabel {
  readonly #seen = new Set<string>();
  readonly #pattern: RegExp;
  readonly #limit: number;

  constructor(pattern: RegExp, limit: number) {
    this.#pattern = pattern;
    this.#limit = limit;
  }

  of(value: string): string {
    if (this.#seen.has(value)) return value;
    if (this.#seen.size >= this.#limit || !this.#pattern.test(value)) return 'other';
    this.#seen.add(value);
    return value;
  }
}

/** An errno name or a code of warmset's own. */
export function errorCodes(): BoundedLabel {
  return new BoundedLabel(/^(E[A-Z0-9]{1,20}|WARMSET_[A-Z_]{1,40})$/, 64);
}

/** Words in kebab or camel case, such as a limit's name. */
export function words(): BoundedLabel {
  return new BoundedLabel(/^[a-z][a-zA-Z0-9-]{0,40}$/, 32);
}
