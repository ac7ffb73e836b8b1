import type { RecognisedServer } from '../types.ts';
import type { Environment } from './command.ts';
import type { RecogniseOptions, ServerSpec } from './server-spec.ts';
import { LLAMA_CPP } from './servers/llama-cpp.ts';
import { OLLAMA } from './servers/ollama.ts';
import { SGLANG } from './servers/sglang.ts';
import { TENSORRT_LLM } from './servers/tensorrt-llm.ts';
import { TGI } from './servers/tgi.ts';
import { VLLM } from './servers/vllm.ts';
import { unwrap } from './unwrap.ts';

const SERVERS: readonly ServerSpec[] = [VLLM, SGLANG, TENSORRT_LLM, LLAMA_CPP, OLLAMA, TGI];

/**
 * Which model server a command line starts, which models it will read and where it will answer: vLLM, SGLang,
 * TensorRT-LLM, llama.cpp, Ollama and TGI, also behind launchers, interpreters and `sh -c` strings of simple commands.
 *
 * Pure: reads no file and asks nothing but the given options. Never throws, whatever it is given. `null` when no server
 * is recognised; an empty list of models when the server names none that lies on a disk.
 */
export function recogniseServer(
  argv: readonly string[],
  env: Environment,
  options: RecogniseOptions = {},
): RecognisedServer | null {
  for (const command of unwrap(argv, { env, cwd: null })) {
    for (const spec of SERVERS) {
      const match = spec.matches(command);
      if (match === null) continue;
      return { server: spec.server, evidence: match.evidence, ...spec.read(match, command, options) };
    }
  }
  return null;
}
