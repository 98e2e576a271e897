import { createHash, createHmac } from 'node:crypto';

/** The two forms of signatures that Function Compute knows: of its version 3.0, and of 2.0. */
export type SignatureForm = 'acs3' | 'fc2';

/** What is signed of a request. Header names in lower case. */
export interface SignedRequest {
  readonly method: string;
  /** As it is sent: percent-encoded. */
  readonly path: string;
  /** As it is sent, without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The prefix of an `Authorization` of form `acs3`. */
export const ACS3_SCHEME = 'ACS3-HMAC-SHA256';

/**
 * The signature of form `acs3` (https://www.alibabacloud.com/help/en/fc: signature authentication), 64 hexadecimal
 * digits. The body counts by the header `x-acs-content-sha256` where that is signed, and not at all elsewhere.
 */
export function acs3Signature(request: SignedRequest, signedHeaders: readonly string[], secret: string): string {
  const headers = signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`).join('');
  const payload = signedHeaders.includes('x-acs-content-sha256') ? (request.headers['x-acs-content-sha256'] ?? '') : '';
  const canonical = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers,
    signedHeaders.join(';'),
    payload,
  ].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  return createHmac('sha256', secret).update(`${ACS3_SCHEME}\n${digest}`).digest('hex');
}

/** The headers that form `acs3` signs, in its order. */
export function acs3SignedHeaders(headers: SignedRequest['headers']): string[] {
  const names = Object.keys(headers).filter((name) => headers[name] !== undefined);
  return names.filter((name) => /^(?:x-acs-.*|host|content-type)$/.test(name)).sort();
}

/**
 * The signature of form `fc2`, in base64. The body counts by the header `Content-MD5` where there is one.
 * @throws URIError for a path or query that cannot be decoded.
 */
export function fc2Signature({ method, path, query, headers }: SignedRequest, secret: string): string {
  const own = Object.keys(headers)
    .filter((name) => name.startsWith('x-fc-'))
    .sort();
  const message = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    headers['date'] ?? '',
    `${own.map((name) => `${name}:${headers[name] ?? ''}\n`).join('')}${decodeURIComponent(path)}`,
    pairsOf(query)
      .map(([key, value]) => `${key}=${value ?? ''}`)
      .sort()
      .join('\n'),
  ].join('\n');
  return createHmac('sha256', secret).update(message).digest('base64');
}

/** Whether something, decoded, could be taken for another part of what form `fc2` signs: a new line, or a key's end. */
export function isAmbiguous(path: string, query: string): boolean {
  return /%0[ad]/i.test(path) || /%0[ad]|(?:^|&)[^=&]*%3d/i.test(query);
}

/** What differs between programs that encode paths. A `$` is encoded as the platform's own samples do. */
function canonicalPath(path: string): string {
  return path.replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('$', '%24').replace(/%7e/gi, '~');
}

/** Sorted. The platform's samples leave keys as they are: encoded, `a&b` cannot be taken for two keys. */
function canonicalQuery(query: string): string {
  return pairsOf(query)
    .map(([key, value]) => [encode(key), value === undefined || value === '' ? '' : `=${encode(value)}`] as const)
    .sort(([key, value], [otherKey, otherValue]) => compare(key, otherKey) || compare(value, otherValue))
    .map(([key, value]) => `${key}${value}`)
    .join('&');
}

function pairsOf(query: string): (readonly [key: string, value: string | undefined])[] {
  if (query === '') return [];
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return equals === -1 ? [decode(pair), undefined] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
  });
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** RFC 3986: also what `encodeURIComponent` leaves as it is. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
