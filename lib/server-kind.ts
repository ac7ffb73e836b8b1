/** Model servers whose files, command lines and logs are known. */
export type ServerKind = 'vllm' | 'sglang' | 'tensorrt-llm' | 'llama.cpp' | 'ollama' | 'tgi';
