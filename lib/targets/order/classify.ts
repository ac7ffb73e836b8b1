/** What a file beside a model's weights is for, by its name. */

export type BesideKind = 'config' | 'tokenizer' | 'index' | 'weights' | 'not-read' | 'other';

const TOKENIZER =
  /^(tokenizer.*|vocab\..*|.*\.vocab|merges\.txt|added_tokens\.json|special_tokens_map\.json|tekken\.json|.*\.tiktoken|.*\.model|sentencepiece.*)$/i;
const INDEX = /\.index\.json$/i;
// Python files are models' own code (trust_remote_code), jinja is chat templates.
const CONFIG = /\.(json|jinja|jinja2|py|ya?ml|toml)$/i;
const WEIGHTS =
  /\.(safetensors|bin|pt|pth|gguf|ggml|engine|onnx|onnx_data|h5|msgpack|ot|ckpt|tflite|mlmodel|npz|nemo|pdparams|params)$/i;
const NOT_READ =
  /^(\.git.*|license.*|licence.*|notice.*|readme.*|use_policy.*|contributing.*|changelog.*|citation.*|.*\.(md|pdf|png|jpe?g|gif|svg|webp|mp4|wav|mp3|html?|ipynb|sha256|md5|lock|incomplete|part|metadata))$/i;

/** Pure; knows no server's rules: which of the weights are read is another question. */
export function classify(name: string): BesideKind {
  if (NOT_READ.test(name)) return 'not-read';
  if (INDEX.test(name)) return 'index';
  if (WEIGHTS.test(name)) return 'weights';
  if (TOKENIZER.test(name)) return 'tokenizer';
  return CONFIG.test(name) ? 'config' : 'other';
}
