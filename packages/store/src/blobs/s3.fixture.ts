/**
 * A small server that speaks S3: single objects, ranges, uploads in parts. It checks the signature of
 * every request (AWS Signature Version 4) by computing it anew.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface S3Request {
  readonly method: string;
  readonly key: string;
  readonly part: string | undefined;
}

export interface S3Fixture {
  readonly url: string;
  readonly bucket: string;
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly requests: readonly S3Request[];
  /** Requests whose signature was wrong. */
  readonly refused: number;
  keysOf(): readonly string[];
  /** Answers the next requests with 503. */
  failNext(count: number): void;
  close(): Promise<void>;
}

const BUCKET = 'blobs';
const KEYS = { accessKeyId: 'TESTKEY', secretAccessKey: 'a-secret-of-the-test' };

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) =>
  createHmac('sha256', key).update(data).digest();

export async function startS3(): Promise<S3Fixture> {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const requests: S3Request[] = [];
  const state = { refused: 0, failing: 0 };
  const server = createServer((request, response) => {
    answer({ objects, uploads, requests, state }, request, response).catch((error: unknown) => {
      problem(response, 500, String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    ...{ url: `http://127.0.0.1:${port}`, bucket: BUCKET, keys: KEYS, requests },
    get refused() {
      return state.refused;
    },
    keysOf: () => [...objects.keys()],
    failNext(count) {
      state.failing = count;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface World {
  readonly objects: Map<string, Buffer>;
  readonly uploads: Map<string, Map<number, Buffer>>;
  readonly requests: S3Request[];
  readonly state: { refused: number; failing: number };
}

async function answer(world: World, request: IncomingMessage, response: ServerResponse) {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const body = Buffer.concat(pieces);
  const url = new URL(request.url ?? '/', 'http://s3');
  if (!isSigned(request, url, body)) {
    world.state.refused += 1;
    return problem(response, 403, 'SignatureDoesNotMatch');
  }
  if (world.state.failing > 0) {
    world.state.failing -= 1;
    return problem(response, 503, 'SlowDown');
  }
  const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
  if (bucket !== BUCKET) return problem(response, 404, 'NoSuchBucket');
  const key = rest.join('/');
  const part = url.searchParams.get('partNumber') ?? undefined;
  world.requests.push({ method: request.method ?? '', key, part });
  const asked = { request, response, key, body, query: url.searchParams };
  if (url.searchParams.has('uploads') || url.searchParams.has('uploadId')) inParts(world, asked);
  else whole(world, asked);
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly key: string;
  readonly body: Buffer;
  readonly query: URLSearchParams;
}

function whole({ objects }: World, { request, response, key, body }: Asked): void {
  const found = objects.get(key);
  const { method } = request;
  if (method === 'PUT') {
    objects.set(key, body);
    response.setHeader('etag', `"${sha256(body).slice(0, 32)}"`).end();
  } else if (method === 'DELETE') {
    objects.delete(key);
    response.writeHead(204).end();
  } else if (found === undefined) {
    problem(response, 404, 'NoSuchKey', method === 'HEAD');
  } else {
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const [start, end] =
      range === null ? [0, found.length - 1] : [Number(range[1]), Number(range[2])];
    const bytes = found.subarray(start, end + 1);
    response.writeHead(range === null ? 200 : 206, {
      'content-length': bytes.length,
      ...(range !== null && { 'content-range': `bytes ${start}-${end}/${found.length}` }),
    });
    response.end(method === 'HEAD' ? undefined : bytes);
  }
}

function inParts(
  { objects, uploads }: World,
  { request, response, key, body, query }: Asked,
): void {
  const id = query.get('uploadId');
  if (id === null) {
    const made = randomUUID();
    uploads.set(made, new Map());
    xml(
      response,
      `<InitiateMultipartUploadResult><UploadId>${made}</UploadId></InitiateMultipartUploadResult>`,
    );
    return;
  }
  const parts = uploads.get(id);
  if (parts === undefined) problem(response, 404, 'NoSuchUpload');
  else if (request.method === 'PUT') {
    parts.set(Number(query.get('partNumber')), body);
    response.setHeader('etag', `"${sha256(body).slice(0, 32)}"`).end();
  } else if (request.method === 'POST') {
    const sorted = [...parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
    objects.set(key, Buffer.concat(sorted));
    uploads.delete(id);
    xml(
      response,
      `<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>`,
    );
  } else {
    uploads.delete(id);
    response.writeHead(204).end();
  }
}

function xml(response: ServerResponse, text: string): void {
  response.setHeader('content-type', 'application/xml').end(`<?xml version="1.0"?>${text}`);
}

function problem(response: ServerResponse, status: number, code: string, bare = false): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(bare ? undefined : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

/** Whether the signature is what this secret makes of the request, its body included. */
function isSigned(request: IncomingMessage, url: URL, body: Buffer): boolean {
  const header = request.headers.authorization ?? '';
  const read =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (read === null) return false;
  const [, accessKeyId, day = '', region = '', names = '', signature] = read;
  const at = String(request.headers['x-amz-date']);
  const payload = String(request.headers['x-amz-content-sha256']);
  if (accessKeyId !== KEYS.accessKeyId || !at.startsWith(day)) return false;
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== sha256(body)) return false;
  const encode = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = names
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
    .join('');
  const canonical = [request.method, url.pathname, query, headers, names, payload].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n');
  const key = [region, 's3', 'aws4_request'].reduce(hmac, hmac(`AWS4${KEYS.secretAccessKey}`, day));
  return hmac(key, toSign).toString('hex') === signature;
}
