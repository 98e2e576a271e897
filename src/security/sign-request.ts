import { createHash, randomUUID } from 'node:crypto';

import { ACS3_SCHEME, acs3Signature, acs3SignedHeaders, fc2Signature, type SignatureForm } from './signed-message.js';

/** A request to be signed, and who signs it. */
export interface SignRequestInit {
  /** `acs3`: Function Compute 3.0; `fc2`: 2.0. */
  form: SignatureForm;
  accessKeyId: string;
  accessKeySecret: string;
  /** Of temporary credentials (STS). */
  securityToken?: string;
  /** Default `GET`. */
  method?: string;
  /** The whole URL, as it will be requested. */
  url: string | URL;
  /** Headers that are sent beside; `Content-Type` is signed. */
  headers?: Readonly<Record<string, string>>;
  /** Given, the body is signed too. The platform's own gateway takes bodies unsigned: leave it out for that. */
  body?: string | Uint8Array;
  /** Default: now. */
  date?: Date;
  /**
   * Makes this request unlike any other of the same second, so that it is not taken for a replay. Default: a random one.
   * `false`: none.
   */
  nonce?: string | false;
}

/**
 * Signs a request as `signature()`, or Function Compute's gateway, wants it. Resolves nothing and sends nothing: it gives
 * the headers to send, those of `init.headers` included.
 *
 * @example
 * const url = 'https://api.example.com/orders?state=open';
 * const headers = signRequest({ form: 'acs3', accessKeyId, accessKeySecret, url });
 * const response = await fetch(url, { headers });
 */
export function signRequest(init: SignRequestInit): Record<string, string> {
  const { form, accessKeyId, accessKeySecret, date = new Date(), nonce = randomUUID() } = init;
  const { pathname, search, host } = new URL(init.url);
  const sent: Record<string, string> = { ...init.headers };
  const add = form === 'acs3' ? acs3Headers : fc2Headers;
  Object.assign(sent, add(init, date, nonce));
  const headers: Record<string, string> = { host };
  for (const [name, value] of Object.entries(sent)) headers[name.toLowerCase()] = value;
  const request = { method: (init.method ?? 'GET').toUpperCase(), path: pathname, query: search.slice(1), headers };
  if (form === 'fc2') {
    sent['Authorization'] = `FC ${accessKeyId}:${fc2Signature(request, accessKeySecret)}`;
    return sent;
  }
  const names = acs3SignedHeaders(headers);
  const signature = acs3Signature(request, names, accessKeySecret);
  sent['Authorization'] =
    `${ACS3_SCHEME} Credential=${accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return sent;
}

function acs3Headers({ securityToken, body }: SignRequestInit, date: Date, nonce: string | false) {
  const headers: Record<string, string> = { 'x-acs-date': `${date.toISOString().slice(0, 19)}Z` };
  if (securityToken !== undefined) headers['x-acs-security-token'] = securityToken;
  if (nonce !== false) headers['x-acs-signature-nonce'] = nonce;
  if (body !== undefined) headers['x-acs-content-sha256'] = createHash('sha256').update(body).digest('hex');
  return headers;
}

function fc2Headers({ securityToken, body }: SignRequestInit, date: Date, nonce: string | false) {
  const headers: Record<string, string> = { Date: date.toUTCString() };
  if (securityToken !== undefined) headers['x-fc-security-token'] = securityToken;
  if (nonce !== false) headers['x-fc-signature-nonce'] = nonce;
  if (body !== undefined) headers['Content-MD5'] = createHash('md5').update(body).digest('hex');
  return headers;
}
