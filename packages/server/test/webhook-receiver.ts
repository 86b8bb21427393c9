/** A receiver of webhooks on loopback that checks signatures as receivers do. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';

export interface Message {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders;
}

export interface Receiver {
  readonly url: string;
  readonly messages: Message[];
  /** Messages whose signature was wrong or missing. */
  readonly forged: string[];
  /** What is answered; nothing at all when it ends no response. */
  answer: (message: Message, response: ServerResponse) => void;
  close(): Promise<void>;
}

const takeIt: Receiver['answer'] = (_message, response) => void response.writeHead(204).end();

/** @param secret without one, messages are taken unsigned */
export async function startReceiver(secret?: () => string): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    try {
      if (secret !== undefined) new Webhook(secret()).verify(body, headers);
    } catch {
      receiver.forged.push(body);
      response.writeHead(401).end();
      return;
    }
    const { type, data } = JSON.parse(body);
    const id = headers['webhook-id'] ?? '';
    const message = { id, type, data, headers: request.headers };
    receiver.messages.push(message);
    receiver.answer(message, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${address.port}/hook`,
    messages: [],
    forged: [],
    answer: takeIt,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}
