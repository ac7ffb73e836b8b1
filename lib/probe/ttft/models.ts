import { WarmsetError } from '../../errors.ts';
import { modelsUrl, serverUrl } from './address.ts';
import { type GetOptions, getText } from './get-text.ts';
import { isRecord } from './token-stream.ts';

/**
 * Names of the models that a server offers, by `GET /v1/models`.
 *
 * @throws WarmsetError `WARMSET_PROBE` when it doesn't say; the signal's reason when aborted
 */
export async function listModels(written: string | URL, options: GetOptions): Promise<readonly string[]> {
  const url = modelsUrl(serverUrl(written));
  const got = await getText(url, options);
  const why = got.state === 'failed' ? got.message : null;
  const names = got.state === 'failed' ? [] : readModels(got.text);
  if (names.length > 0) return names;
  throw new WarmsetError('WARMSET_PROBE', `The server names no model: ${why ?? 'its list is empty'}.`, {
    subject: url.host,
    remedy: "Give the model's name yourself.",
  });
}

function readModels(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    const list = isRecord(value) && Array.isArray(value.data) ? value.data : [];
    return list.flatMap((one) => (isRecord(one) && typeof one.id === 'string' ? one.id : []));
  } catch {
    return [];
  }
}
