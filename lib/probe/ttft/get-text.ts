import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { isSystemError } from '../../errors.ts';
import { excerpt } from './excerpt.ts';

/** What a GET came to. Whatever the server does is one of these. */
export type GotText =
  | { readonly state: 'got'; readonly text: string; readonly contentType: string | null }
  | { readonly state: 'failed'; readonly code: string; readonly message: string };

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Certificate authorities, PEM. */
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

// A server with many models and labels has some hundred KiB.
const MOST_BYTES = 32 * 2 ** 20;

/** A page as text, bounded in time and size. Redirects aren't followed. Rejects with the signal's reason alone. */
export async function getText(url: URL, options: GetOptions): Promise<GotText> {
  const { headers = {}, ca, timeoutMs, signal } = options;
  signal?.throwIfAborted();
  const got = await new Promise<GotText>((resolve) => {
    const fail = (code: string, message: string): void => {
      resolve({ state: 'failed', code, message: excerpt(message) });
      request.destroy();
    };
    const request = (url.protocol === 'https:' ? https : http).get(
      url,
      { agent: false, headers, ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) },
      (response) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        response.on('data', (piece: Buffer) => {
          bytes += piece.length;
          if (bytes > MOST_BYTES) fail('TOO_LONG', `the answer is longer than ${MOST_BYTES} bytes`);
          else pieces.push(piece);
        });
        response.once('error', (error) => fail(codeOf(error), error.message));
        response.once('end', () => {
          const text = Buffer.concat(pieces).toString('utf8');
          const { statusCode = 0 } = response;
          if (statusCode === 200) {
            resolve({ state: 'got', text, contentType: response.headers['content-type'] ?? null });
          } else fail(`HTTP_${statusCode}`, `status ${statusCode}: ${text || 'no text'}`);
        });
      },
    );
    const timer = setTimeout(() => fail('TIMEOUT', `no answer in ${timeoutMs} ms`), timeoutMs);
    const onAbort = (): void => fail('ABORTED', 'aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
    request.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    });
    request.on('error', (error) => fail(codeOf(error), error.message));
  });
  signal?.throwIfAborted();
  return got;
}

function codeOf(error: Error): string {
  if (isSystemError(error)) return error.code;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
