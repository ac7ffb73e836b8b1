import type { ServerResponse } from 'node:http';

/** Data of one event as servers send them. */
export function event(data: unknown): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

export const DONE = event('[DONE]');

export function textChunk(text: string, finish: string | null = null): object {
  return { id: 'cmpl-1', object: 'text_completion', choices: [{ index: 0, text, finish_reason: finish }] };
}

export function chatChunk(delta: object, finish: string | null = null): object {
  return {
    id: 'chat-1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

export function usageChunk(tokens: number): object {
  return {
    id: 'cmpl-1',
    choices: [],
    usage: { prompt_tokens: 3, completion_tokens: tokens, total_tokens: tokens + 3 },
  };
}

export function beginStream(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  response.flushHeaders();
}
