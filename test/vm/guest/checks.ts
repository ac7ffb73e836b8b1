import { writeSync } from 'node:fs';

const LIMIT_MS = 60_000;

/** One line to whoever booted this machine: the port is a line each, and nothing else writes to it. */
function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/**
 * Something that has to hold. A check that fails ends neither the scenario nor those after it.
 *
 * @param body may return words about what was seen; it has a minute
 * @returns whether it holds
 */
export async function check(name: string, body: () => Promise<string | undefined>): Promise<boolean> {
  const started = performance.now();
  const done = (more: object): void =>
    say({ check: name, seconds: Math.round((performance.now() - started) / 100) / 10, ...more });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took more than ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    const seen = await Promise.race([body(), late]);
    done({ ok: true, seen: seen ?? null });
    return true;
  } catch (error) {
    done({ ok: false, why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Without this line the scenario has not come to its end, whatever was checked before. */
export function sayEnd(): void {
  say({ end: true });
}

/** Asks until the answer suits. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  suits: (answer: T) => boolean,
  limitMs = 30_000,
): Promise<T> {
  const limit = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (suits(answer)) return answer;
    if (performance.now() > limit)
      throw new Error(`${what}: still ${JSON.stringify(answer)} after ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
