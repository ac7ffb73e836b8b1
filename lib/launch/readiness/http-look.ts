import http from 'node:http';
import https from 'node:https';

/** What one look at a server's address came to. */
export type HttpLook =
  | { readonly state: 'answered'; readonly status: number }
  /** Nobody listens, or whoever does said nothing in time. */
  | { readonly state: 'silent' };

const SILENT: HttpLook = { state: 'silent' };

/** One GET without proxy, kept connection or body. Never rejects. @param timeoutMs for the whole of it */
export function lookOverHttp(url: URL, timeoutMs: number, signal: AbortSignal): Promise<HttpLook> {
  return new Promise((resolve) => {
    const { get } = url.protocol === 'https:' ? https : http;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      // An agent of its own: the global one may have been given a proxy. The server's certificate is often its own.
      const request = get(url, { agent: false, signal: limit, rejectUnauthorized: false }, (response) => {
        resolve({ state: 'answered', status: response.statusCode ?? 0 });
        response.destroy();
      });
      request.on('error', () => resolve(SILENT));
      request.on('close', () => resolve(SILENT));
    } catch {
      resolve(SILENT);
    }
  });
}
