import type { Dialect, Tells } from './dialect.ts';
import { LLAMA_CPP } from './dialects/llama-cpp.ts';
import { OLLAMA } from './dialects/ollama.ts';
import { SGLANG } from './dialects/sglang.ts';
import { TENSORRT_LLM } from './dialects/tensorrt-llm.ts';
import { VLLM } from './dialects/vllm.ts';

/** In the order in which they are tried: Ollama's log holds llama.cpp's, and SGLang's some lines of vLLM's. */
const DIALECTS: readonly Dialect[] = [OLLAMA, SGLANG, TENSORRT_LLM, VLLM, LLAMA_CPP];

/** A search for any of these, for {@link RegExp.lastIndex} to go on from: one pass, whatever their number. */
function anyOf(needles: readonly string[]): RegExp {
  const literal = [...new Set(needles)].map((needle) => needle.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(literal.join('|'), 'g');
}

function needlesOf(dialect: Dialect, ...kinds: readonly Tells['tells'][]): string[] {
  return dialect.rules
    .filter(({ tells }) => tells.some((one) => kinds.includes(one.tells)))
    .map(({ needle }) => needle);
}

/** Finds the lines by which a server is known, and those that come before them. */
export const OPENING = anyOf(
  DIALECTS.flatMap((dialect) => [...dialect.proofs, ...needlesOf(dialect, 'import', 'begin', 'version')]),
);

export interface Searches {
  /** Finds the lines that say something of the start. */
  readonly starting: RegExp;
  /** Finds those that begin another one. */
  readonly again: RegExp;
}

const SEARCHES = new Map<Dialect, Searches>(
  DIALECTS.map((dialect) => [
    dialect,
    {
      starting: anyOf([
        ...dialect.rules.map(({ needle }) => needle),
        ...(dialect === LLAMA_CPP ? OLLAMA.proofs : []),
      ]),
      again: anyOf(needlesOf(dialect, 'begin', 'import')),
    },
  ]),
);

export function searchesOf(dialect: Dialect): Searches {
  return SEARCHES.get(dialect) ?? { starting: OPENING, again: OPENING };
}

/** Whose line it is; null where it proves nothing. */
export function recognise(line: string, known: Dialect | null): Dialect | null {
  if (known !== null && known !== LLAMA_CPP) return known;
  const among = known === null ? DIALECTS : [OLLAMA];
  return among.find(({ proofs }) => proofs.some((proof) => line.includes(proof))) ?? known;
}
