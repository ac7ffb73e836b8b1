import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BARE_ENVIRONMENT } from './cli.ts';
import type { TemporaryDirectory } from './temp.ts';

const PROGRAM = fileURLToPath(new URL('../fixtures/fake-program.mjs', import.meta.url));

export type Trouble = 'fail' | 'kill-before' | 'kill-after';

/** kubectl, helm, docker and systemctl that only remember, in a directory that is first on the PATH. */
export class FakePrograms {
  readonly env: NodeJS.ProcessEnv;
  readonly #home: string;

  constructor(directory: TemporaryDirectory) {
    const bin = directory.file('bin');
    this.#home = directory.file('fake');
    mkdirSync(bin);
    mkdirSync(this.#home);
    for (const name of ['kubectl', 'helm', 'docker', 'systemctl']) symlinkSync(PROGRAM, `${bin}/${name}`);
    this.env = { ...BARE_ENVIRONMENT, PATH: `${bin}:${process.env.PATH}`, FAKE_STATE: this.#home };
  }

  /** Every command line that was run, without those that only look. */
  get changes(): readonly string[] {
    const path = `${this.#home}/log`;
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return lines
      .map((line) => (JSON.parse(line) as readonly string[]).join(' '))
      .filter((line) => !/ (get|ps|show) /.test(line));
  }

  state(program: string): unknown {
    const path = `${this.#home}/${program}.json`;
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  }

  put(program: string, state: unknown): void {
    writeFileSync(`${this.#home}/${program}.json`, JSON.stringify(state));
  }

  /** From now on a command that contains `text` fails, or kills who runs it before or after it is done. */
  trouble(kind: Trouble, text: string): void {
    writeFileSync(`${this.#home}/${kind}`, text);
  }

  settle(): void {
    for (const kind of ['fail', 'kill-before', 'kill-after'])
      rmSync(`${this.#home}/${kind}`, { force: true });
  }
}
